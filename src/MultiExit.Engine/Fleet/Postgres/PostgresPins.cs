using System.Buffers.Binary;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Fleet.Pins;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Pins as rows of <c>multiexit.pin</c>.</summary>
internal sealed class PostgresPins(PostgresDatabase database) : IPinStore
{
    // A time that has not come yet is the word of a clock that was set back, or of somebody else.
    private const string Write = """
        WITH change AS (
            INSERT INTO multiexit.change AS change (fleet, topic, version)
            SELECT $1, $2, 1 WHERE EXISTS (SELECT FROM multiexit.node WHERE fleet = $1 AND name = $9 AND epoch = $10)
            ON CONFLICT (fleet, topic) DO UPDATE SET version = change.version + 1 RETURNING version)
        INSERT INTO multiexit.pin AS pin (fleet, "group", client, member, seen, lasts, lifetime, version)
        SELECT $1, written."group", client, nullif(member, ''), clock_timestamp() - age * interval '1 second', lasts, nullif(lifetime, 0), change.version
        FROM change, unnest($3::text[], $4::uuid[], $5::text[], $6::float8[], $7::float8[], $8::float8[])
            AS written ("group", client, member, age, lasts, lifetime)
        ON CONFLICT (fleet, "group", client) DO UPDATE SET member = excluded.member, seen = excluded.seen, lasts = excluded.lasts,
            lifetime = excluded.lifetime, version = excluded.version
        WHERE pin.seen <= excluded.seen OR pin.seen > clock_timestamp() + interval '1 minute'
        """;

    // Nothing is added to the time of a row: somebody else may have written one that is at the end of all times.
    private const string Read = """
        SELECT "group", client, coalesce(member, ''), extract(epoch FROM clock_timestamp() - seen)::float8, lasts, lifetime FROM multiexit.pin
        WHERE fleet = $1 AND version > $2 AND isfinite(seen) AND seen > clock_timestamp() - lasts * interval '1 second'
        ORDER BY version DESC LIMIT $3
        """;

    // Nobody reads what is over, and an older word about the client is over too.
    private const string Clean = "DELETE FROM multiexit.pin WHERE fleet = $1 AND seen <= clock_timestamp() - lasts * interval '1 second'";

    private static readonly TimeSpan MaxLasts = TimeSpan.FromDays(30);

    public Task WriteAsync(FleetMember member, IReadOnlyList<SharedPin> pins, CancellationToken cancellationToken) =>
        database.UseAsync(async connection =>
        {
            await connection.ExecuteAsync(
                Write, cancellationToken, member.Fleet, SharedPins.Name, pins.Select(pin => pin.Group).ToArray(),
                pins.Select(pin => ToGuid(pin.Binding.Id)).ToArray(), pins.Select(pin => pin.IsBound ? pin.Binding.Member : "").ToArray(),
                pins.Select(pin => pin.Binding.Age.TotalSeconds).ToArray(), pins.Select(pin => pin.Lasts.TotalSeconds).ToArray(),
                pins.Select(pin => pin.Binding.Lifetime?.TotalSeconds ?? 0).ToArray(), member.Node, member.Epoch).ConfigureAwait(false);
            return await connection.NotifyAsync(member.Fleet, SharedPins.Name, cancellationToken).ConfigureAwait(false);
        }, cancellationToken);

    public Task<PinChanges> ReadAsync(string fleet, long since, CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        // Before the rows: what is written in between is read again and not missed.
        long version = await connection.ReadVersionAsync(fleet, SharedPins.Name, cancellationToken).ConfigureAwait(false);
        long from = version < since ? 0 : since;
        if (from == 0) await connection.ExecuteAsync(Clean, cancellationToken, fleet).ConfigureAwait(false);
        else if (from == version) return new PinChanges(version, []);
        return new PinChanges(
            version, await connection.ReadRowsAsync(Read, ReadRow, cancellationToken, fleet, from, (long)SharedPins.MaxRead).ConfigureAwait(false));
    }, cancellationToken);

    private static SharedPin ReadRow(NpgsqlDataReader reader)
    {
        string member = reader.GetString(2);
        TimeSpan? lifetime = reader.IsDBNull(5) ? null : Seconds(reader.GetDouble(5));
        StickyBinding binding = new(ToNumber(reader.GetGuid(1)), member, Seconds(reader.GetDouble(3)), lifetime);
        return new SharedPin(reader.GetString(0), binding, member.Length > 0, Seconds(reader.GetDouble(4)));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, MaxLasts.TotalSeconds));

    private static Guid ToGuid(UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return new Guid(bytes, bigEndian: true);
    }

    private static UInt128 ToNumber(Guid client)
    {
        Span<byte> bytes = stackalloc byte[16];
        client.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
