"""Run as a program by the fault test: a small company with cases, each with an answer that waits to be sent."""

import sys
from datetime import timedelta

from yinuo.commands.starting import prepare, start_django


def main(count: int) -> None:
    start_django()
    prepare()
    from yinuo.cases.tests.cast import actor_of, build_house
    from yinuo.desk.actions import Written, hand_in_reply
    from yinuo.foundation.clock import now

    house = build_house()
    for number in range(count):
        at = now()
        case = house.open(at=at - timedelta(minutes=1), customer=house.li)
        hand_in_reply(case=case, written=Written(f"明天上门。{number}"), by=actor_of(house.chen), at=at)


if __name__ == "__main__":
    main(int(sys.argv[1]))
