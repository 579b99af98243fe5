"""The whole walk, one module a step, each step one transaction.

commit      a version is stored, compared with the one before, and a campaign is proposed
assess      the new version is compared and classified from every baseline in use
propose     who would be told what and when: the plan, before anybody decides
decide      legal rules on changes, adds words, approves
steer       reject, pause, resume, cancel, move the date
acquire     an acquisition is announced by a campaign of its own kind
run         due campaigns start, messages leave, finished campaigns close
publish     the notices of every site are written
choose      a person's choice is recorded; other systems ask what may be applied
prove       the ledger is exported, verified, and its head is signed
"""
