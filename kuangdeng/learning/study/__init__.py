"""学习活动: study sessions by kind, from the notice to the filed record.

中心组学习、专题辅导、专题讲座、座谈、专题调研 and the mine's own kinds are rows. A session is planned, noticed to those
expected, held with a sign-in (`attendance`), recorded in the mine's form, approved by its chair; who was not there
catches up (补学).
"""
