"""What several ask at the same moment is found once, for all of them."""

from contextlib import suppress
from threading import Condition

PATIENCE = 30  # seconds after which who waits finds the answer by himself


class Round:
    """Those who wait for one answer: how many they are, and what came of it."""

    def __init__(self):
        self.members = 0
        self.is_over = False
        self.answer = None


class Rounds:
    """The questions that the threads of this process ask at this moment.

    Nobody gets an answer that is older than his question: what is being found when he
    asks is not for him. He waits until that is over, with all who ask the same
    meanwhile; then one of them finds an answer that is newer than all their questions.
    Nothing is kept: an answer is gone when the last of them has it.
    """

    def __init__(self):
        self._changed = Condition()
        self._busy = set()
        self._waiting = {}  # the round that begins when the answer being found is there

    def ask(self, question, alone, for_all, may_share):
        """Return an answer, found by the asker or by one who waited with him.

        Where it cannot be found for all, or not in time, each finds his own, or learns
        by that why there is none.

        :param question: what is asked, with all that the answer depends on
        :param alone: finds the answer for the asker
        :param for_all: finds what is the answer for all who wait at this moment
        :param may_share: tells whether that of another is right for the asker; it is
            called only when somebody else is asking
        """
        with self._changed:
            is_first = question not in self._busy
            self._busy.add(question)
        if is_first:
            return self._find(question, alone)
        if not may_share():
            return alone()
        mine, is_finder = self._wait(question)
        if is_finder and mine.members == 1:
            return self._find(question, alone, mine)
        if is_finder:
            with suppress(Exception):
                return self._find(question, for_all, mine)
        return alone() if mine.answer is None else mine.answer

    def _wait(self, question):
        """Wait in a round; return it, and whether it is the asker who ends it."""
        with self._changed:
            mine = self._waiting.setdefault(question, Round())
            mine.members += 1
            self._changed.wait_for(
                lambda: mine.is_over or question not in self._busy, PATIENCE
            )
            is_finder = question not in self._busy and not mine.is_over
            if is_finder:
                self._busy.add(question)
            elif not mine.is_over:
                mine.members -= 1  # out of patience
            if self._waiting.get(question) is mine and (is_finder or not mine.members):
                del self._waiting[question]  # who asks from now on is in the next one
            return mine, is_finder

    def _find(self, question, find, mine=None):
        answer = None
        try:
            answer = find()
            return answer
        finally:
            with self._changed:
                self._busy.discard(question)
                if mine:
                    mine.is_over, mine.answer = True, answer
                self._changed.notify_all()
