window.YTD.like.part1 = [
 {"like": {"tweetId": "1598"}},
 {"like": {"tweetId": "-"}}
]
