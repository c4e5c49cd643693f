window.YTD.tweets.part2 = [
 {"tweet": {"id_str": "2028077791441846273", "created_at": "Sun Mar 01 12:00:00 +0000 2026", "full_text": "sous cadenas", "entities": {"user_mentions": [], "urls": [], "hashtags": []}, "favorite_count": "0", "retweet_count": "0", "retweeted": false, "lang": "fr"}},
 {"tweet": {"id_str": "2017930931205046273", "created_at": "Fri Feb 07 12:00:00 +0000 1997", "full_text": "date fausse", "entities": {"user_mentions": []}}},
 {"tweet": {"id_str": "12345", "created_at": "Fri Feb 07 12:00:00 +0000 2003", "full_text": "date perdue", "entities": {"user_mentions": []}}},
 {"tweet": {"id_str": "2009898000184246273", "created_at": "Sat Jan 10 08:00:00 +0000 2026", "full_text": "début d'un fil", "entities": {"user_mentions": [], "urls": [], "hashtags": []}, "favorite_count": "0", "retweet_count": "0", "retweeted": false, "lang": "fr"}},
 {"tweet": {"id_str": "2055196483384246274", "created_at": "Fri May 15 08:00:00 +0000 2026", "full_text": "dernier message public", "entities": {"user_mentions": [], "urls": [], "hashtags": []}, "favorite_count": "0", "retweet_count": "0", "retweeted": false, "lang": "fr"}}
]
