using Microsoft.Data.Sqlite;

namespace MultiExit.Engine.Records;

/// <summary>What the tables of a file are.</summary>
internal static class PartitionSchema
{
    /// <summary>The columns with an index. Each costs a place in every file and a write at a random place of it; what has few values (exit, outcome)
    /// gains nothing by one.</summary>
    public static readonly RecordColumn[] Indexed = [RecordColumns.Source, RecordColumns.User, RecordColumns.Destination];

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
