using System.Globalization;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>The tables, made by the SQL texts of this folder in the order of their numbers.</summary>
internal sealed class PostgresSchema(PostgresDatabase database) : IStoreSchema
{
    // Of this program alone: "MXSTORE" as bytes.
    private const long Lock = 0x4D5853544F5245;
    private const string Prefix = "MultiExit.Engine.Fleet.Postgres.Sql.";

    private static readonly IReadOnlyList<string> Migrations = [.. typeof(PostgresSchema).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public int Needed => Migrations.Count;

    public Task<int> ReadAsync(CancellationToken cancellationToken) =>
        database.UseAsync(connection => ReadAsync(connection, cancellationToken), cancellationToken);

    public Task<StoreHealth> InspectAsync(CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        string role = (string)(await ScalarAsync(connection, "SELECT quote_ident(current_user)", cancellationToken).ConfigureAwait(false))!;
        bool isThere = await ScalarAsync(connection, "SELECT to_regnamespace('multiexit') IS NOT NULL", cancellationToken).ConfigureAwait(false) is true;
        List<string> missing = isThere ? await MissingAsync(connection, role, cancellationToken).ConfigureAwait(false) : [];
        // Without what the first ones give, the version cannot be read.
        int version = missing.Count == 0 ? await ReadAsync(connection, cancellationToken).ConfigureAwait(false) : Needed;
        DateTime now = (DateTime)(await ScalarAsync(connection, "SELECT clock_timestamp()", cancellationToken).ConfigureAwait(false))!;
        return new StoreHealth(version, role, new DateTimeOffset(now.ToUniversalTime()), missing);
    }, cancellationToken);

    public Task<int> UpdateAsync(CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await RunAsync(connection, string.Create(CultureInfo.InvariantCulture,
                $"SET LOCAL lock_timeout = {FleetTimes.Migration.TotalMilliseconds}; SELECT pg_advisory_xact_lock({Lock})"), cancellationToken)
                .ConfigureAwait(false);
            int before = await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
            if (before > Needed) throw StoreVersions.TooNew(before, Needed);
            if (before == Needed) return before;
            if (before == 0)
            {
                // It may be there for a role that may make tables in it and no schema of its own.
                if (await ScalarAsync(connection, "SELECT to_regnamespace('multiexit') IS NULL", cancellationToken).ConfigureAwait(false) is true)
                    await RunAsync(connection, "CREATE SCHEMA multiexit", cancellationToken).ConfigureAwait(false);
                await RunAsync(connection, "CREATE TABLE multiexit.migration (version integer PRIMARY KEY, applied timestamptz NOT NULL)", cancellationToken)
                    .ConfigureAwait(false);
            }
            for (int version = before + 1; version <= Needed; version++)
            {
                await RunAsync(connection, TextOf(version), cancellationToken).ConfigureAwait(false);
                NpgsqlCommand record = new("INSERT INTO multiexit.migration VALUES ($1, clock_timestamp())", connection);
                record.Parameters.Add(new() { Value = version });
                await using (record.ConfigureAwait(false)) await record.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return before;
        }
    }, cancellationToken);

    private static async Task<int> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(connection, "SELECT to_regclass('multiexit.migration') IS NULL", cancellationToken).ConfigureAwait(false) is true) return 0;
        object? version = await ScalarAsync(connection, "SELECT coalesce(max(version), 0) FROM multiexit.migration", cancellationToken).ConfigureAwait(false);
        return version is int number ? number : 0;
    }

    // A table that is not there is one of the version, and not of privileges.
    private static async Task<List<string>> MissingAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
    {
        List<string> missing = [];
        foreach ((string privileges, string on) in PostgresGrants.All)
        {
            (string kind, string name) = PostgresGrants.NameOf(on);
            if (kind != "schema" && missing.Count > 0 && missing[0].Contains("SCHEMA", StringComparison.Ordinal)) continue;
            string[] lacking = [.. await connection.ReadRowsAsync(
                $"SELECT privilege FROM unnest($2::text[]) AS privilege WHERE {kind switch
                {
                    "schema" => "NOT has_schema_privilege($1, privilege)",
                    "function" => "to_regprocedure($1) IS NOT NULL AND NOT has_function_privilege(to_regprocedure($1), privilege)",
                    _ => "to_regclass($1) IS NOT NULL AND NOT has_table_privilege(to_regclass($1), privilege)",
                }}", reader => reader.GetString(0), cancellationToken, name, privileges.Split(", ")).ConfigureAwait(false)];
            if (lacking.Length > 0) missing.Add(PostgresGrants.Statement(string.Join(", ", lacking), on, role));
        }
        return missing;
    }

    private static string TextOf(int version)
    {
        using StreamReader reader = new(typeof(PostgresSchema).Assembly.GetManifestResourceStream(Migrations[version - 1])!);
        return reader.ReadToEnd();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(sql, connection);
        await using (command.ConfigureAwait(false)) return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = new(sql, connection) { CommandTimeout = (int)FleetTimes.Migration.TotalSeconds };
        await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
