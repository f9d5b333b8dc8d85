"""A page on this machine where equations are typed, and derivations, code and numbers come back.

The server (:mod:`linad.derive.serving.server`) answers this machine only. What is typed is read by the parser of
equations and evaluated by nothing; the derivation runs in a process of its own, with bounds on time and memory.
"""
