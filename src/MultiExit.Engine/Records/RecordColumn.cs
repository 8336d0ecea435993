using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>A column of the table of records.</summary>
/// <param name="Index">Its place among the columns.</param>
/// <param name="Name">Its name, that of the field in docs/records.md.</param>
/// <param name="Type">Its type in SQL.</param>
/// <param name="Encode">Adds the value of a record, as SQLite has it.</param>
internal sealed record RecordColumn(int Index, string Name, string Type, Action<SessionRecord, RecordEncoder> Encode);
