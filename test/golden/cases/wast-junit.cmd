heddle wast --junit=out.xml outcomes.wast nowhere.wast >/dev/null; sed 's/time="[^"]*"/time=""/' out.xml; rm out.xml
