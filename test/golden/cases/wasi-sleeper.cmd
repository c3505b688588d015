for s in rr rr:1 random pct; do heddle run --sched=$s --record=t sleeper.wat --agent=spin --agent=sleep --agent=spin && heddle replay t || break; done
