"""A probe that tries every way to what is secret, and finds the ways by itself.

``granted``    who may know what: the only thing written by hand
``world``      a company full of secrets, and the same with other secrets
``paths``      what there is to try, from the registry
``attempts``   the ways to try it
``judge``      tries, and finds what was reached and is not granted

An attempt is made twice by the same user: in the company as it is, and in the one whose
secrets that he may not know are others. If the two answers differ in anything, be it a
row, a number, the order of rows or the words of an error, the answer betrays a secret.
"""
