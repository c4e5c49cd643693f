window.YTD.deleted_tweet_headers.part0 = [
 {"tweet": {"tweet_id": "2050123053265846273", "user_id": "1001", "created_at": "Fri May 01 08:00:00 +0000 2026", "deleted_at": "Fri May 01 09:00:00 +0000 2026"}},
 {"tweet": {"tweetId": "42", "createdAt": "Fri May 01 09:00:00 +0000 2026"}}
]
