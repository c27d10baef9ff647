"""The cases of t_sim.py; each is one async function, listed in its module's CASES."""
