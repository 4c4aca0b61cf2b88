#!/bin/sh
# slow: the large case by its own twelve months, once: solved, written and proven from its files.
. "$(dirname "$0")/lib.sh"

expect 0 "eurasia by months is solved" solve "$CASES/eurasia" --json --out "$W/r"
out_has "there are twelve periods" '"periods":12,'
out_has "it is optimal" '"outcome":"optimal"'
expect 0 "its result is proven" verify "$CASES/eurasia" "$W/r"

# the stored basis comes back whole, circles that lose instead of having a root included; a cap, a row over nearly all arcs
# that nothing kept before, takes as many pivots from the basis of the base as the dual would, but short ones; where goods are told
# apart by origin that were one before, the basis of the base says little
expect 0 "three scenarios are solved after the base" scenarios "$CASES/eurasia" --only plby_closed,emission_cap,kashagan_china --json \
    --out "$W/tour"
out_has "a closure that nobody feels has nothing to pivot" '"scenario":"plby_closed",.*"pivots":0,"warm":true'
out_has "a cap on all emissions goes on from the base" '"scenario":"emission_cap",.*"warm":true'
out_has "a new contract begins from the coarser cut" '"scenario":"kashagan_china",.*"warm":false'

# parts of the network that nothing limits leave their potentials to rounding unless something holds them
expect 0 "eurasia as one year is solved from inside" solve "$CASES/eurasia" --periods year --method interior --json --out "$W/inside"
out_has "it did not give up" '"iterations":[1-9]'
expect 0 "its result is proven" verify "$CASES/eurasia" "$W/inside"
same "twelve months make a year" "$(json_key "$W/r/result.json" horizon_days)" 365
same "every month is in the table of months" "$(sed 1d "$W/r/month.csv" | cut -d, -f3 | sort -u | wc -l | tr -d ' ')" 12
done_testing
