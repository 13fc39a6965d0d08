-- The membership of Sluice's clusters in PostgreSQL, and the history of their jobs. It may be run any number of times, also by two at once:
--
--     sluice cluster init-db --connection "Host=db1;Database=sluice;Username=sluice"
--     psql --single-transaction --set ON_ERROR_STOP=1 --file postgresql.sql sluice
--
-- Orleans's ADO.NET clustering knows one table, OrleansQuery, and takes the statements from it, by name; what lies
-- behind them is ours. One cluster has one version. Whoever changes which silos there are, or how they stand, must name
-- the version that it has read; of two at once, one waits for the other's row and then finds another version.

SET LOCAL client_min_messages = warning;

SELECT pg_advisory_xact_lock(hashtext('sluice membership'));

-- Statements of somebody else's schema are not replaced: silos that run by them would part from those that start later.
DO $check$
BEGIN
    IF to_regclass('OrleansQuery') IS NOT NULL THEN
        IF EXISTS (SELECT FROM OrleansQuery WHERE QueryText NOT LIKE '/* sluice %' AND QueryKey IN (
            'InsertMembershipVersionKey', 'InsertMembershipKey', 'UpdateMembershipKey', 'UpdateIAmAlivetimeKey',
            'MembershipReadRowKey', 'MembershipReadAllKey', 'GatewaysQueryKey', 'CleanupDefunctSiloEntriesKey',
            'DeleteMembershipTableEntriesKey')) THEN
            RAISE EXCEPTION 'the table OrleansQuery holds the statements of another schema' USING ERRCODE = 'SLU01';
        END IF;
    END IF;
END
$check$;

CREATE TABLE IF NOT EXISTS OrleansQuery (
    QueryKey  text PRIMARY KEY,
    QueryText text NOT NULL
);

CREATE TABLE IF NOT EXISTS sluice_cluster (
    cluster_id text PRIMARY KEY,
    version    integer NOT NULL
);

-- A silo that starts again has the same address and port, and a later generation.
CREATE TABLE IF NOT EXISTS sluice_silo (
    cluster_id    text NOT NULL REFERENCES sluice_cluster ON DELETE CASCADE,
    address       text NOT NULL,
    port          integer NOT NULL,
    generation    integer NOT NULL,
    name          text NOT NULL,
    host          text NOT NULL,
    gateway_port  integer NOT NULL,
    status        integer NOT NULL,
    suspect_times text,
    started       timestamptz NOT NULL,
    alive         timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

-- Nothing is removed by silos; old rows may be deleted at any time.
CREATE TABLE IF NOT EXISTS sluice_job (
    cluster_id text NOT NULL,
    job        text COLLATE "C" NOT NULL,
    view       text NOT NULL,
    job_order  text,
    plan       text,
    journal    text,
    changed    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (cluster_id, job)
);

COMMENT ON COLUMN sluice_job.job IS 'the id; later jobs have larger ones';
COMMENT ON COLUMN sluice_job.view IS 'how the job stood last, its report included: JSON';
COMMENT ON COLUMN sluice_job.journal IS 'what its coordinator decided: a JSON object a line';

COMMENT ON COLUMN sluice_silo.gateway_port IS '0 when the silo has no gateway';
COMMENT ON COLUMN sluice_silo.status IS '1 created, 2 joining, 3 active, 4 shutting down, 5 stopping, 6 dead';
COMMENT ON COLUMN sluice_silo.suspect_times IS 'which silos suspect it, and since when, as Orleans writes them';

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES

('InsertMembershipVersionKey', $statement$/* sluice 1: a cluster's first silo makes its row */
WITH made AS (
    INSERT INTO sluice_cluster (cluster_id, version) VALUES (@DeploymentId, 0)
    ON CONFLICT DO NOTHING
    RETURNING cluster_id)
SELECT EXISTS (SELECT FROM made)$statement$),

('InsertMembershipKey', $statement$/* sluice 1: a silo joins, unless it is there or the version is another */
WITH turn AS (
    UPDATE sluice_cluster SET version = version + 1
    WHERE cluster_id = @DeploymentId AND version = @Version AND NOT EXISTS (
        SELECT FROM sluice_silo
        WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING cluster_id),
made AS (
    INSERT INTO sluice_silo (
        cluster_id, address, port, generation, name, host, gateway_port, status, started, alive)
    SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @ProxyPort, @Status, @StartTime, @IAmAliveTime
    FROM turn
    RETURNING cluster_id)
SELECT EXISTS (SELECT FROM made)$statement$),

('UpdateMembershipKey', $statement$/* sluice 1: a silo's state changes, unless the version is another */
WITH turn AS (
    UPDATE sluice_cluster SET version = version + 1
    WHERE cluster_id = @DeploymentId AND version = @Version AND EXISTS (
        SELECT FROM sluice_silo
        WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING cluster_id),
changed AS (
    UPDATE sluice_silo SET status = @Status, suspect_times = @SuspectTimes, alive = @IAmAliveTime
    FROM turn
    WHERE sluice_silo.cluster_id = turn.cluster_id AND address = @Address AND port = @Port AND generation = @Generation
    RETURNING turn.cluster_id)
SELECT EXISTS (SELECT FROM changed)$statement$),

('UpdateIAmAlivetimeKey', $statement$/* sluice 1: a silo is alive; that is no change of the cluster */
UPDATE sluice_silo SET alive = @IAmAliveTime
WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation$statement$),

('MembershipReadRowKey', $statement$/* sluice 1: one silo, or the version alone */
SELECT address AS "Address", port AS "Port", generation AS "Generation", name AS "SiloName", host AS "HostName",
    status AS "Status", gateway_port AS "ProxyPort", suspect_times AS "SuspectTimes",
    started AS "StartTime", alive AS "IAmAliveTime", version AS "Version"
FROM sluice_cluster LEFT JOIN sluice_silo
    ON sluice_silo.cluster_id = sluice_cluster.cluster_id
    AND address = @Address AND port = @Port AND generation = @Generation
WHERE sluice_cluster.cluster_id = @DeploymentId$statement$),

('MembershipReadAllKey', $statement$/* sluice 1: all silos, or the version alone */
SELECT address AS "Address", port AS "Port", generation AS "Generation", name AS "SiloName", host AS "HostName",
    status AS "Status", gateway_port AS "ProxyPort", suspect_times AS "SuspectTimes",
    started AS "StartTime", alive AS "IAmAliveTime", version AS "Version"
FROM sluice_cluster LEFT JOIN sluice_silo USING (cluster_id)
WHERE cluster_id = @DeploymentId$statement$),

('GatewaysQueryKey', $statement$/* sluice 1: where clients connect */
SELECT address AS "Address", gateway_port AS "ProxyPort", generation AS "Generation"
FROM sluice_silo
WHERE cluster_id = @DeploymentId AND status = @Status AND gateway_port > 0$statement$),

('CleanupDefunctSiloEntriesKey', $statement$/* sluice 1: dead silos are forgotten after a while */
DELETE FROM sluice_silo
WHERE cluster_id = @DeploymentId AND alive < @IAmAliveTime AND status = 6$statement$),

('DeleteMembershipTableEntriesKey', $statement$/* sluice 1: the cluster is forgotten, its silos with it */
DELETE FROM sluice_cluster WHERE cluster_id = @DeploymentId$statement$)

ON CONFLICT (QueryKey) DO UPDATE SET QueryText = EXCLUDED.QueryText;
