using Microsoft.Data.Sqlite;

namespace MultiExit.Engine.Records;

/// <summary>What the tables of a file are.</summary>
internal static class PartitionSchema
{
    /// <summary>The destination without the digits of its port, <c>example.com:</c>. It is asked for with its port or without, and an index on the whole
    /// would have the records of a host in the order of their ports.</summary>
    public const string Host = "rtrim(\"destination\", '0123456789') COLLATE NOCASE";

    /// <summary>The indexes of a file that is complete: while it is written, each would cost a write at a random place for every record, and a file is
    /// small enough to be read as a whole. What has few values (exit, outcome) gains nothing by one.</summary>
    public static readonly string[] Indexes =
    [
        "CREATE INDEX IF NOT EXISTS record_source ON record (source) WHERE source IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS record_user ON record (user) WHERE user IS NOT NULL",
        $"CREATE INDEX IF NOT EXISTS record_host ON record ({Host})",
    ];

    /// <summary>A column's name in a statement; group is a word of SQL.</summary>
    public static string Quote(RecordColumn column) => $"\"{column.Name}\"";

    /// <summary>The columns that the table has in this file.</summary>
    public static HashSet<string> ColumnsOf(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT name FROM pragma_table_info('record')";
        using SqliteDataReader reader = command.ExecuteReader();
        HashSet<string> names = new(StringComparer.Ordinal);
        while (reader.Read()) names.Add(reader.GetString(0));
        return names;
    }
}
