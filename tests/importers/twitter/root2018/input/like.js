window.YTD.like.part0 = [
 {"tweetId": "1000000000000000001"}
]
