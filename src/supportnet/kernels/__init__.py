"""Compiled kernels: pure functions on arrays, without people, files or frames.

=============  ====================================================================
`order`        stable orders in linear time, events grouped by pair
`radix`        whole numbers sorted in linear time, pairs among them
`stretches`    sorted keys of messages, cut between pairs
`sums`         messages summed into pairs
`prefetch`     naming memory before it is needed
`orient`       ties as a degree-ordered forward graph, the form every kernel walks
`split`        sharing rows of equal work among threads
`triangles`    counts per network, person and tie; listing; weighted sums
`marks`        which persons a walk has marked
`cells`        what a walk needs of a tie beside what it counts about it
`closure`      how long an open wedge stayed open, without listing wedges
`closing_list` each wedge that closed, as a list
`follow_up`    what became of the wedges that each tie opened
`directed`     the same for i→j→k closed by i→k
`dissolve`     the same when ties may end and come back
`two_paths`    what the wedges between each pair add up to
`at_risk`      how long pairs were at risk of a tie, by what they had in common
`census`       the sixteen triad classes
`motifs`       ordered three-event patterns within a time limit, from `stars` and `merge`
`cliques`      which triangles belong to a larger clique
`shuffle`      the random moves behind the null models
`pairs`        messages grouped by dyad, in order of time
`turns`        bursts, turns and openings of every dyad
`survival`     Kaplan–Meier curves of many groups at once
=============  ====================================================================

:mod:`supportnet.network` calls those of graphs, :mod:`supportnet.turns` those of turns,
:mod:`supportnet.inference` that of survival; who reads messages into arrays calls those that order
and sum them. Threads are plain Python threads
over compiled code that releases the interpreter lock: no threading layer to install, nothing that
breaks after a fork.
"""
