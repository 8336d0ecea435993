using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Reads rows of versions and nodes, which others may have written.</summary>
internal static class PostgresRolloutRows
{
    /// <summary>A rollout; null: the row means nothing.</summary>
    public static RolloutStatus? Read(NpgsqlDataReader reader, string fleet, double maxSeconds)
    {
        if (!Enum.TryParse(reader.GetString(2), out RolloutState state) || !Enum.IsDefined(state) || reader.GetInt32(0) <= 0 || reader.GetInt32(1) < 0
            || reader.GetInt32(1) >= reader.GetInt32(0)) return null;
        return new RolloutStatus(fleet, reader.GetInt32(0), reader.GetInt32(1), state, Seconds(reader, 3, -maxSeconds, maxSeconds), reader.GetString(4))
        {
            Canaries = [.. reader.GetFieldValue<string?[]>(5).OfType<string>().Where(NameText.IsValid)],
            Hold = Seconds(reader, 6, 0, 3600), NeedsConfirmation = reader.GetBoolean(7), Since = Seconds(reader, 8, 0, maxSeconds),
            Who = LogText.Clean(reader.GetString(9)), Message = Text(reader, 10), Created = reader.GetFieldValue<DateTimeOffset>(11),
            Probe = Text(reader, 12), Reason = Text(reader, 13),
        };
    }

    /// <summary>What a node says; null: the row means nothing.</summary>
    public static NodeConfigStatus? ReadNode(NpgsqlDataReader reader, double maxSeconds) =>
        NameText.IsValid(reader.GetString(0)) && Enum.TryParse(reader.GetString(2), out NodeConfigState state) && Enum.IsDefined(state)
        && reader.GetInt32(1) >= 0 && reader.GetInt32(3) >= 0
            ? new NodeConfigStatus(reader.GetString(0), reader.GetInt32(1), state, reader.GetInt32(3), Text(reader, 4),
                Seconds(reader, 5, 0, maxSeconds), Seconds(reader, 6, 0, maxSeconds))
            : null;

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : LogText.Clean(reader.GetString(column));

    private static TimeSpan Seconds(NpgsqlDataReader reader, int column, double least, double most)
    {
        double seconds = reader.GetDouble(column);
        return TimeSpan.FromSeconds(double.IsNaN(seconds) ? least : Math.Clamp(seconds, least, most));
    }
}
