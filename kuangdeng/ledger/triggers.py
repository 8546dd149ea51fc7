"""What the database itself guards of the ledger: digest at insert, no change afterwards, a queue for sealing."""

INSTALL = """
CREATE FUNCTION ledger_digest(e ledger_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    e.id, e.mine_id, e.by_id, e.by_name, e.verb, e.subject_kind, e.subject_id, e.subject_label,
    e.unit_id, e.unit_name, e.place_id, e.place_name,
    (extract(epoch FROM e.occurred_at))::text, (extract(epoch FROM e.received_at))::text,
    e.quantity::text, e.payload, e.source_key, e.reverses_id)::text, 'UTF8'))
$$;

CREATE FUNCTION ledger_on_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.digest := ledger_digest(NEW);
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_digest BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_on_insert();

CREATE FUNCTION ledger_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_pendingentry (entry_id, mine_id) SELECT id, mine_id FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_queue AFTER INSERT ON ledger_entry
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_queue();

CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '台账只能追加，不能修改或删除（%）', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_seal_append_only BEFORE UPDATE OR DELETE ON ledger_seal
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_seal_no_truncate BEFORE TRUNCATE ON ledger_seal EXECUTE FUNCTION ledger_append_only();
"""

REMOVE = """
DROP TRIGGER ledger_seal_no_truncate ON ledger_seal;
DROP TRIGGER ledger_seal_append_only ON ledger_seal;
DROP TRIGGER ledger_entry_no_truncate ON ledger_entry;
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP TRIGGER ledger_entry_queue ON ledger_entry;
DROP TRIGGER ledger_entry_digest ON ledger_entry;
DROP FUNCTION ledger_append_only();
DROP FUNCTION ledger_queue();
DROP FUNCTION ledger_on_insert();
DROP FUNCTION ledger_digest(ledger_entry);
"""
