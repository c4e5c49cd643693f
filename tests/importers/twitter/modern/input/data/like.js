window.YTD.like.part0 = [
 {"like": {"tweetId": "2009898000184246273", "fullText": "début", "expandedUrl": "https://twitter.com/i/web/status/2009898000184246273"}},
 {"like": {"tweetId": "1598", "expandedUrl": "https://twitter.com/omar_b/status/1598"}}
]
