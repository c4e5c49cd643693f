window.YTD.tweet_headers.part0 = [
 {"tweet": {"tweet_id": "1600038582481846273", "user_id": "1001", "created_at": "Tue Dec 06 08:05:00 +0000 2022"}}
]
