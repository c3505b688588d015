report_sources = \
	src/report/event_words.c \
	src/report/event_words.h \
	src/report/graph.c \
	src/report/graph.h \
	src/report/lanes.c \
	src/report/lanes.h \
	src/report/markup.c \
	src/report/markup.h \
	src/report/page.c \
	src/report/page.h \
	src/report/recorded_run.c \
	src/report/recorded_run.h

# The script and the style of pages, as strings of C.
EXTRA_DIST += src/report/page.css src/report/page.js
report_built = src/report/page_css.inc src/report/page_js.inc
BUILT_SOURCES += $(report_built)
CLEANFILES += $(report_built)
# Not all that is built begins with BUILT_SOURCES.
src/report/page.lo: $(report_built)
as_strings = $(MKDIR_P) src/report && sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/'
src/report/page_css.inc: $(srcdir)/src/report/page.css
	$(AM_V_GEN)$(as_strings) $(srcdir)/src/report/page.css >$@.new && mv $@.new $@
src/report/page_js.inc: $(srcdir)/src/report/page.js
	$(AM_V_GEN)$(as_strings) $(srcdir)/src/report/page.js >$@.new && mv $@.new $@
