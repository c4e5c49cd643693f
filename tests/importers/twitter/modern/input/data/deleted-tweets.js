window.YTD.deleted_tweets.part0 = [
 {"tweet": {"id_str": "2050123053265846273", "created_at": "Fri May 01 08:00:00 +0000 2026", "full_text": "@omar_b je retire", "entities": {"user_mentions": [{"id_str": "1002", "screen_name": "omar_b", "name": "omar_b", "indices": ["0", "7"]}], "urls": [], "hashtags": []}, "favorite_count": "0", "retweet_count": "0", "retweeted": false, "lang": "fr", "in_reply_to_status_id_str": "2010290587038646279", "in_reply_to_user_id_str": "1002", "in_reply_to_screen_name": "omar_b", "deleted_at": "Fri May 01 09:00:00 +0000 2026"}}
]
