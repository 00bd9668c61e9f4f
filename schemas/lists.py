"""The code lists as they are delivered: list → (valid from, values), each value with its Russian and English label.

A region changes labels, dates values out and adds its own by `vyezd import codes`; nothing here needs to change for it.
"""

from __future__ import annotations

Values = tuple[tuple[str, str, str], ...]

_LAW_442 = "2015-01-01"  # the day 442-ФЗ came into force

DEFAULTS: dict[str, tuple[str | None, Values]] = {
    "circumstances": (
        _LAW_442,
        (
            ("1", "Утрата способности к самообслуживанию", "Loss of the ability to care for oneself"),
            ("2", "Инвалид, нуждающийся в постоянном уходе", "A disabled member needing constant care"),
            ("3", "Ребёнок с трудностями в социальной адаптации", "A child with difficulties of adaptation"),
            ("4", "Нет ухода за инвалидом или ребёнком", "No care for a disabled person or a child"),
            ("5", "Внутрисемейный конфликт, зависимость, насилие", "Conflict, addiction or violence"),
            ("6", "Отсутствие определённого места жительства", "No fixed residence"),
            ("7", "Отсутствие работы и средств к существованию", "No work and no means of subsistence"),
            ("8", "Иные обстоятельства по акту региона", "Other circumstances by a regional act"),
        ),
    ),
    "services": (
        _LAW_442,
        (
            ("household", "Социально-бытовые", "Household"),
            ("medical", "Социально-медицинские", "Medical"),
            ("psychological", "Социально-психологические", "Psychological"),
            ("pedagogical", "Социально-педагогические", "Pedagogical"),
            ("labour", "Социально-трудовые", "Labour"),
            ("legal", "Социально-правовые", "Legal"),
            ("communicative", "Услуги для повышения коммуникативного потенциала", "Communicative"),
            ("urgent", "Срочные социальные услуги", "Urgent"),
        ),
    ),
    "service_forms": (
        _LAW_442,
        (
            ("home", "На дому", "At home"),
            ("semi_residential", "Полустационарная", "Semi-residential"),
            ("residential", "Стационарная", "Residential"),
        ),
    ),
    "service_units": (
        None,
        (
            ("service", "Услуга", "Service"),
            ("hour", "Час", "Hour"),
            ("item", "Предмет", "Item"),
            ("set", "Набор", "Set"),
            ("kilogram", "Килограмм", "Kilogram"),
            ("rouble", "Рубль", "Rouble"),
        ),
    ),
    "escort_levels": (
        None,
        (
            ("adaptation", "Адаптационный", "Adaptation"),
            ("basic", "Базовый", "Basic"),
            ("crisis", "Кризисный", "Crisis"),
            ("emergency", "Экстренный", "Emergency"),
        ),
    ),
    "needs": (
        None,
        (
            ("food", "Продукты питания", "Food"),
            ("clothing", "Одежда и обувь", "Clothing and shoes"),
            ("child_goods", "Детские вещи и принадлежности", "Goods for children"),
            ("money", "Материальная помощь", "Financial aid"),
            ("benefits", "Оформление пособий и льгот", "Applying for benefits"),
            ("documents", "Восстановление документов", "Restoring papers"),
            ("housing", "Жильё и ремонт", "Housing and repairs"),
            ("heating", "Топливо и отопление", "Fuel and heating"),
            ("medical", "Медицинская помощь", "Medical help"),
            ("rehabilitation", "Реабилитация и технические средства", "Rehabilitation and aids"),
            ("psychological", "Помощь психолога", "A psychologist's help"),
            ("addiction", "Лечение зависимости", "Treatment of addiction"),
            ("legal", "Юридическая помощь", "Legal help"),
            ("school", "Детский сад, школа, учёба", "Kindergarten, school, studies"),
            ("work", "Трудоустройство", "Finding work"),
            ("leisure", "Отдых и занятия для детей", "Holidays and activities for children"),
            ("other", "Другое", "Other"),
        ),
    ),
    "categories": (
        None,
        (
            ("hardship", "Трудная жизненная ситуация (ТЖС)", "Hardship"),
            ("at_risk", "Группа риска", "At risk"),
            ("sop", "Социально опасное положение (СОП)", "Socially dangerous position"),
            ("low_income", "Малоимущая семья", "Low-income family"),
            ("large_family", "Многодетная семья", "Large family"),
            ("single_parent", "Неполная семья", "Single-parent family"),
            ("disabled_child", "Ребёнок-инвалид", "Disabled child"),
            ("sen_child", "Ребёнок с ОВЗ", "Child with special educational needs"),
            ("young_family", "Молодая семья", "Young family"),
            ("service_member", "Семья участника СВО", "Family of a service member"),
        ),
    ),
    "outcomes": (
        None,
        (
            ("returned_to_birth", "Возвращён в кровную семью", "Returned to the birth family"),
            ("guardianship_preliminary", "Предварительная опека", "Preliminary guardianship"),
            ("guardianship_unpaid", "Безвозмездная опека (попечительство)", "Unpaid guardianship"),
            ("guardianship_paid", "Возмездная опека, приёмная семья", "Paid guardianship, foster family"),
            ("adoption", "Усыновлён (удочерён)", "Adopted"),
            ("institution", "Помещён в организацию для детей-сирот", "Placed in an institution"),
            ("sop_removed", "Снята с учёта СОП", "No longer in a socially dangerous position"),
            ("improved", "Положение улучшилось", "Improved"),
            ("rights_terminated", "Родители лишены прав", "Parental rights terminated"),
            ("moved", "Переезд", "Moved"),
            ("came_of_age", "Достижение совершеннолетия", "Came of age"),
            ("died", "Смерть", "Died"),
            ("refused", "Отказ от сопровождения", "Refused escort"),
        ),
    ),
    "visit_kinds": (
        None,
        (
            ("initial", "Первичное", "Initial"),
            ("repeat", "Повторное", "Repeat"),
            ("control", "Контрольное", "Control"),
            ("emergency", "Экстренное", "Emergency"),
        ),
    ),
    "address_kinds": (
        None,
        (
            ("residence", "Фактическое проживание", "Residence"),
            ("registration", "Регистрация по месту жительства", "Registration"),
            ("stay", "Регистрация по месту пребывания", "Registered stay"),
            ("former", "Прежний адрес", "Former address"),
        ),
    ),
    "institution_kinds": (
        None,
        (
            ("centre", "Центр социальной поддержки населения", "Centre of social support"),
            ("escort_service", "Служба социального сопровождения", "Escort service"),
            ("resource_service", "Ресурсная служба", "Resource service"),
            ("guardianship", "Орган опеки и попечительства", "Guardianship authority"),
            ("commission", "Комиссия по делам несовершеннолетних (КДН)", "Juvenile commission"),
            ("school", "Образовательная организация", "School or kindergarten"),
            ("hospital", "Медицинская организация", "Medical organisation"),
            ("employment", "Центр занятости населения", "Employment centre"),
            ("ngo", "Некоммерческая организация", "Non-profit organisation"),
            ("other", "Другое", "Other"),
        ),
    ),
    "purposes": (
        None,
        (
            ("social_service", "Социальное обслуживание", "Social services"),
            ("child_protection", "Защита прав и интересов ребёнка", "Protection of a child"),
            ("prevention", "Профилактика безнадзорности (120-ФЗ)", "Prevention of neglect (120-FZ)"),
            ("escort", "Социальное сопровождение семьи", "Escort of the family"),
            ("program", "Участие в программе", "Taking part in a programme"),
            ("health", "Сведения о здоровье", "Data on health"),
            ("partner_help", "Помощь сторонней организации", "Help by a partner organisation"),
            ("photo", "Фото- и видеосъёмка", "Photographs and video"),
            ("informing", "Рассылка и приглашения", "Mailing and invitations"),
        ),
    ),
    "assignment_roles": (
        None,
        (
            ("curator", "Куратор семьи", "Family curator"),
            ("social_agent", "Социальный агент", "Social agent"),
            ("escort", "Специалист сопровождения", "Escort specialist"),
            ("psychologist", "Психолог", "Psychologist"),
            ("lawyer", "Юрист", "Lawyer"),
        ),
    ),
    "signal_sources": (
        None,
        (
            ("family", "Сама семья", "The family itself"),
            ("school", "Школа, детский сад", "School, kindergarten"),
            ("hospital", "Больница, ФАП", "Hospital, health post"),
            ("police", "Полиция (ПДН)", "Police"),
            ("guardianship", "Опека и попечительство", "Guardianship authority"),
            ("social_agent", "Социальный агент", "Social agent"),
            ("neighbours", "Соседи, родственники", "Neighbours, relatives"),
            ("administration", "Администрация поселения", "Local administration"),
            ("data", "Данные ведомств", "Data of other agencies"),
            ("other", "Другое", "Other"),
        ),
    ),
    "consultation_channels": (
        None,
        (
            ("in_person", "Лично", "In person"),
            ("phone", "По телефону", "By phone"),
            ("video", "По видеосвязи", "By video"),
            ("message", "Перепиской", "In writing"),
        ),
    ),
    "topics": (
        None,
        (
            ("benefits", "Пособия и льготы", "Benefits"),
            ("documents", "Документы", "Papers"),
            ("upbringing", "Воспитание и развитие ребёнка", "Bringing up a child"),
            ("health", "Здоровье и реабилитация", "Health and rehabilitation"),
            ("relations", "Отношения в семье", "Relations in the family"),
            ("legal", "Юридические вопросы", "Legal questions"),
            ("housing", "Жильё", "Housing"),
            ("work", "Работа и обучение", "Work and training"),
            ("guardianship", "Опека и устройство детей", "Guardianship and placement"),
            ("other", "Другое", "Other"),
        ),
    ),
    "conditions": (
        None,
        (
            ("good", "Хорошее", "Good"),
            ("fair", "Удовлетворительное", "Fair"),
            ("poor", "Плохое", "Poor"),
            ("absent", "Отсутствует", "Absent"),
        ),
    ),
    "risk_forms": (None, (("family", "Оценка риска семьи", "Risk assessment of a family"),)),
    "risk_questions": (
        None,
        (
            ("care", "Уход за детьми и надзор", "Care and supervision"),
            ("food", "Питание детей", "Food"),
            ("health", "Здоровье и лечение детей", "Health and treatment"),
            ("school", "Посещение школы, детского сада", "School, kindergarten"),
            ("housing", "Жильё и безопасность в нём", "Housing and its safety"),
            ("income", "Доход семьи", "Income"),
            ("relations", "Отношения в семье, жестокость", "Relations, cruelty"),
            ("addiction", "Зависимости взрослых", "Adults' addictions"),
            ("support", "Поддержка родных и соседей", "Support by relatives and neighbours"),
            ("readiness", "Готовность принимать помощь", "Readiness to accept help"),
        ),
    ),
    "leaving_results": (
        None,
        (
            ("improved", "Положение улучшилось", "Improved"),
            ("goals_reached", "Цели сопровождения достигнуты", "Goals reached"),
            ("moved", "Переезд", "Moved"),
            ("refused", "Отказ семьи", "Refused by the family"),
            ("placed", "Дети устроены в другую семью", "Children placed in another family"),
            ("came_of_age", "Дети достигли совершеннолетия", "Children came of age"),
            ("other", "Другое", "Other"),
        ),
    ),
    "attachment_kinds": (
        None,
        (
            ("photo", "Фотография", "Photograph"),
            ("consent", "Согласие", "Consent"),
            ("act", "Акт", "Act"),
            ("decision", "Постановление, решение", "Decision"),
            ("identity", "Документ, удостоверяющий личность", "Identity paper"),
            ("other", "Другое", "Other"),
        ),
    ),
    "review_remarks": (
        None,
        (
            ("seen", "Не указано, кого из детей видели", "It is not said which children were seen"),
            ("result", "Уточните результат посещения", "Say more exactly how the visit ended"),
            ("purpose", "Не указана цель посещения", "The purpose of the visit is missing"),
            ("services", "Отметьте оказанные услуги", "Name the services that were given"),
            ("needs", "Опишите, что выявлено и какие нужны меры", "Describe what was found and what is needed"),
            ("next", "Назначьте день следующего посещения", "Set the day of the next visit"),
            ("time", "Проверьте время начала и окончания", "Check when it began and ended"),
            ("act", "Приложите акт обследования", "Add the living conditions act"),
        ),
    ),
}
