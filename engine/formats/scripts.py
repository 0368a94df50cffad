"""Traditional characters that stand in headers -> simplified ones."""

from __future__ import annotations

_TRADITIONAL = (
    "萬與業絲個箇為爲書爭億價傳體傭傾關興內擊劃創別彆動區單佔參蔘發髮號圖場備復複實導"
    "屬廣庫開彈態總戶報據數無時暱機權條構標檢歡瀏漲點熱狀現種稱競筆篩簽籤簡類紅級紹統"
    "編網羣聯薦獲穫觀視覽計訂討記論評詞話詢詳讀賬費讚贊躍轉達選埰寀採舖鋪鏈銷鍵長間閱"
    "閲際難頁預頻題額齡"
)
_SIMPLIFIED = (
    "万与业丝个个为为书争亿价传体佣倾关兴内击划创别别动区单占参参发发号图场备复复实导"
    "属广库开弹态总户报据数无时昵机权条构标检欢浏涨点热状现种称竞笔筛签签简类红级绍统"
    "编网群联荐获获观视览计订讨记论评词话询详读账费赞赞跃转达选采采采铺铺链销键长间阅"
    "阅际难页预频题额龄"
)
SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
