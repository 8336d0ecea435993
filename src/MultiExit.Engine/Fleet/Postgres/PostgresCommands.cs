using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Statements with parameters, which are <c>$1</c> and so on.</summary>
internal static class PostgresCommands
{
    /// <summary>Announces changes to other nodes.</summary>
    public const string Channel = "multiexit";

    /// <summary>Runs a statement.</summary>
    /// <returns>The rows that it changed.</returns>
    public static async Task<int> ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        NpgsqlCommand command = CommandOf(connection, sql, values);
        await using (command.ConfigureAwait(false)) return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first value of the first row; 0 when there is none.</summary>
    public static async Task<long> ReadNumberAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        NpgsqlCommand command = CommandOf(connection, sql, values);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long number ? number : 0;
    }

    /// <summary>All rows that can be read; a row of others that means nothing is passed over.</summary>
    public static async Task<List<T>> ReadRowsAsync<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T?> read, CancellationToken cancellationToken, params object[] values)
    {
        List<T> rows = [];
        NpgsqlCommand command = CommandOf(connection, sql, values);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    if (read(reader) is { } row) rows.Add(row);
        }
        return rows;
    }

    /// <summary>Tells the nodes that listen; it counts with the commit of the transaction.</summary>
    public static Task<int> NotifyAsync(this NpgsqlConnection connection, string fleet, string topic, CancellationToken cancellationToken) =>
        connection.ExecuteAsync("SELECT pg_notify($1, $2)", cancellationToken, Channel, $"{topic} {fleet}");

    /// <summary>The version of the newest change of a topic.</summary>
    public static Task<long> ReadVersionAsync(this NpgsqlConnection connection, string fleet, string topic, CancellationToken cancellationToken) =>
        connection.ReadNumberAsync("SELECT version FROM multiexit.change WHERE fleet = $1 AND topic = $2", cancellationToken, fleet, topic);

    private static NpgsqlCommand CommandOf(NpgsqlConnection connection, string sql, object[] values)
    {
        NpgsqlCommand command = new(sql, connection);
        foreach (object value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
