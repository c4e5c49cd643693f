window.YTD.community_tweet.part0 = [
 {"tweet": {"id_str": "2028092890936246273", "created_at": "Sun Mar 01 13:00:00 +0000 2026", "full_text": "dans la communauté", "entities": {"user_mentions": [], "urls": [], "hashtags": []}, "favorite_count": "0", "retweet_count": "0", "retweeted": false, "lang": "fr", "community_id_str": "77", "scopes": {"followers": false}}}
]
