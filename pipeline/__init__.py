"""What happens to one take: a still and a recipe go in, a scored and sealed clip comes out.

Nothing here knows of queues, databases, Ray or the command line; all of it runs on a laptop.
`pipeline.take` reads like the list of the steps.
"""
