using System.Net;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.States.Leases;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Leases as rows of <c>multiexit.lease</c>.</summary>
internal sealed class PostgresLeases(PostgresDatabase database) : ILeaseStore
{
    // In the order of the addresses, so that two nodes never wait for each other. Whether a row may be taken is looked at again under its lock.
    private const string Renew = """
        INSERT INTO multiexit.lease AS lease (fleet, address, node, epoch, token, until)
        SELECT $1, wish.address, $2, $3, 1, clock_timestamp() + $6 * interval '1 second'
        FROM unnest($4::text[], $5::int8[]) AS wish (address, token)
        WHERE EXISTS (SELECT FROM multiexit.node WHERE fleet = $1 AND name = $2 AND epoch = $3)
        ORDER BY wish.address
        ON CONFLICT (fleet, address) DO UPDATE SET node = excluded.node, epoch = excluded.epoch, until = excluded.until,
            token = CASE WHEN lease.node = excluded.node AND lease.epoch = excluded.epoch THEN lease.token ELSE lease.token + 1 END
        WHERE lease.until <= clock_timestamp() OR (lease.node = excluded.node AND (lease.epoch = excluded.epoch OR lease.token =
            (SELECT held.token FROM unnest($4::text[], $5::int8[]) AS held (address, token) WHERE held.address = lease.address LIMIT 1)))
        """;

    private const string Read = """
        SELECT address, node, epoch, token, extract(epoch FROM until - clock_timestamp())::float8 FROM multiexit.lease
        WHERE fleet = $1 AND address = ANY ($2::text[]) AND until > clock_timestamp() AND isfinite(until) AND length(node) <= 64
        """;

    private const string Release = """
        UPDATE multiexit.lease SET until = clock_timestamp() WHERE fleet = $1 AND node = $2 AND epoch = $3 AND address = ANY ($4::text[])
        """;

    public Task<IReadOnlyList<LeaseRow>> RenewAsync(FleetMember member, IReadOnlyList<LeaseWish> wishes, CancellationToken cancellationToken) =>
        database.UseAsync<IReadOnlyList<LeaseRow>>(async connection =>
        {
            string[] addresses = [.. wishes.Select(wish => wish.Address.ToString())];
            await connection.ExecuteAsync(
                Renew, cancellationToken, member.Fleet, member.Node, member.Epoch, addresses, wishes.Select(wish => wish.Token).ToArray(),
                LeaseTimes.TimeToLive.TotalSeconds).ConfigureAwait(false);
            return await connection.ReadRowsAsync(Read, ReadRow, cancellationToken, member.Fleet, addresses).ConfigureAwait(false);
        }, cancellationToken);

    public Task ReleaseAsync(FleetMember member, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken) =>
        database.UseAsync(async connection =>
        {
            await connection.ExecuteAsync(
                Release, cancellationToken, member.Fleet, member.Node, member.Epoch, addresses.Select(address => address.ToString()).ToArray())
                .ConfigureAwait(false);
            return await connection.NotifyAsync(member.Fleet, SharedLeases.Name, cancellationToken).ConfigureAwait(false);
        }, cancellationToken);

    private static LeaseRow? ReadRow(NpgsqlDataReader reader)
    {
        if (!IPAddress.TryParse(reader.GetString(0), out IPAddress? address) || !NameText.IsValid(reader.GetString(1))) return null;
        TimeSpan left = TimeSpan.FromSeconds(Math.Clamp(reader.GetDouble(4), 0, LeaseTimes.TimeToLive.TotalSeconds));
        return new LeaseRow(address, reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), left);
    }
}
