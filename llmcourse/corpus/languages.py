"""The same small story in nine languages, written for this course: what does a tokenizer charge for each?

`LOST` is for measuring. `AROUND` holds other sentences with much the same words, for a tokenizer to learn from, so that
nothing is measured on a text that was learned.
"""

#: Parallel texts: the same three sentences in each language.
LOST = {
    "English": "Mia lost the golden ring near the river. The brown dog found it under a stone. Mia is happy.",
    "German": "Mia verlor den goldenen Ring am Fluss. Der braune Hund fand ihn unter einem Stein. Mia ist glücklich.",
    "Spanish": "Mia perdió el anillo dorado cerca del río. El perro marrón lo encontró debajo de una piedra. Mia está "
    "feliz.",
    "Russian": "Мия потеряла золотое кольцо у реки. Коричневая собака нашла его под камнем. Мия счастлива.",
    "Greek": "Η Μία έχασε το χρυσό δαχτυλίδι κοντά στο ποτάμι. Ο καφέ σκύλος το βρήκε κάτω από μια πέτρα. Η Μία είναι "
    "χαρούμενη.",
    "Arabic": "فقدت ميا الخاتم الذهبي قرب النهر. وجده الكلب البني تحت حجر. ميا سعيدة.",
    "Hindi": "मिया ने नदी के पास सोने की अंगूठी खो दी। भूरे कुत्ते को वह एक पत्थर के नीचे मिली। मिया खुश है।",
    "Korean": "미아는 강가에서 금색 반지를 잃어버렸다. 갈색 개가 돌 밑에서 그것을 찾았다. 미아는 행복하다.",
    "Chinese": "米娅在河边丢了金色的戒指。棕色的狗在一块石头下面找到了它。米娅很高兴。",
}

#: Other sentences from around it, again parallel.
AROUND = {
    "English": "Mia lives near the river. Tom lives near the mill. The ring is golden. Mia has a brown dog. Tom found "
    "a stone. The dog ran to the river. Tom is happy. Mia lost a key.",
    "German": "Mia wohnt am Fluss. Tom wohnt an der Mühle. Der Ring ist golden. Mia hat einen braunen Hund. Tom fand "
    "einen Stein. Der Hund lief zum Fluss. Tom ist glücklich. Mia verlor einen Schlüssel.",
    "Spanish": "Mia vive cerca del río. Tom vive cerca del molino. El anillo es dorado. Mia tiene un perro marrón. Tom "
    "encontró una piedra. El perro corrió al río. Tom está feliz. Mia perdió una llave.",
    "Russian": "Мия живёт у реки. Том живёт у мельницы. Кольцо золотое. У Мии есть коричневая собака. Том нашёл "
    "камень. Собака побежала к реке. Том счастлив. Мия потеряла ключ.",
    "Greek": "Η Μία μένει κοντά στο ποτάμι. Ο Τομ μένει κοντά στον μύλο. Το δαχτυλίδι είναι χρυσό. Η Μία έχει έναν "
    "καφέ σκύλο. Ο Τομ βρήκε μια πέτρα. Ο σκύλος έτρεξε στο ποτάμι. Ο Τομ είναι χαρούμενος. Η Μία έχασε ένα κλειδί.",
    "Arabic": "تعيش ميا قرب النهر. يعيش توم قرب الطاحونة. الخاتم ذهبي. لدى ميا كلب بني. وجد توم حجرا. ركض الكلب إلى "
    "النهر. توم سعيد. فقدت ميا مفتاحا.",
    "Hindi": "मिया नदी के पास रहती है। टॉम चक्की के पास रहता है। अंगूठी सोने की है। "
    "मिया के पास एक भूरा कुत्ता है। "
    "टॉम को एक पत्थर मिला। कुत्ता नदी की ओर दौड़ा। टॉम खुश है। मिया ने एक चाबी खो दी।",
    "Korean": "미아는 강가에 산다. 톰은 방앗간 옆에 산다. 반지는 금색이다. "
    "미아에게는 갈색 개가 있다. 톰은 돌을 찾았다. "
    "개는 강으로 달려갔다. 톰은 행복하다. 미아는 열쇠를 잃어버렸다.",
    "Chinese": "米娅住在河边。汤姆住在磨坊旁边。戒指是金色的。米娅有一只棕色的狗。"
    "汤姆找到了一块石头。狗跑到了河边。汤姆很高兴。米娅丢了一把钥匙。",
}
