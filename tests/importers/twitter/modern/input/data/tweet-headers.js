window.YTD.tweet_headers.part0 = [
 {"tweet": {"tweet_id": "2009899510133686273", "user_id": "1001", "created_at": "Sat Jan 10 08:06:00 +0000 2026"}},
 {"tweet": {"tweet_id": "2009899258475446273", "user_id": "1001", "created_at": "Sat Jan 10 08:05:00 +0000 2026"}},
 {"tweet": {"tweet_id": "2009898000184246273", "user_id": "1001", "created_at": "Sat Jan 10 08:00:00 +0000 2026"}},
 {"tweet": {"tweet_id": "2010305686533046273", "user_id": "1001", "created_at": "Sun Jan 11 11:00:00 +0000 2026"}},
 {"tweet": {"tweet_id": "2010298136785846273", "user_id": "1001", "created_at": "Sun Jan 11 10:30:00 +0000 2026"}},
 {"tweet": {"tweet_id": "2010970064286646273", "user_id": "1001", "created_at": "Tue Jan 13 07:00:00 +0000 2026"}},
 {"tweet": {"tweet_id": "2011332452152246273", "user_id": "1001", "created_at": "Wed Jan 14 07:00:00 +0000 2026"}},
 {"tweet": {"tweet_id": "2011334968734646273", "user_id": "1001", "created_at": "Wed Jan 14 07:10:00 +0000 2026"}},
 {"tweet": {"tweet_id": "2011337485317046273", "user_id": "1001", "created_at": "Wed Jan 14 07:20:00 +0000 2026"}}
]
