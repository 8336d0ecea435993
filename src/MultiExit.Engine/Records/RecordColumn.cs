using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>A column of the table of records.</summary>
/// <param name="Index">Its place among the columns.</param>
/// <param name="Name">Its name, that of the field in docs/records.md.</param>
/// <param name="Type">Its type in SQL.</param>
/// <param name="ValueOf">The value of a record, as SQLite has it; null for none.</param>
internal sealed record RecordColumn(int Index, string Name, string Type, Func<SessionRecord, object?> ValueOf);
