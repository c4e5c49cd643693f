window.YTD.tweets.part0 = [
{"tweet": {"id_str": "1600037324190646273", "created_at": "Tue Dec 06 08:00:00 +0000 2022", "full_text": "entier", "entities": {"user_mentions": [], "urls": [], "hashtags": []}, "favorite_count": "0", "retweet_count": "0", "retweeted": false, "lang": "fr"}},
 7,
 {"tweet": {"x": 1}},
{"tweet": {"id_str": "1600052423685046273", "created_at": "T