using System.Data.Common;

namespace MultiExit.Engine.Records;

/// <summary>A row of a table that may lack columns.</summary>
/// <param name="reader">The row.</param>
/// <param name="places">For each of <see cref="RecordColumns.All"/> its place in the row, or -1.</param>
internal class RecordRow(DbDataReader reader, int[] places)
{
    public virtual string? Text(RecordColumn column) => Place(column) is { } place ? reader.GetString(place) : null;

    public long? Integer(RecordColumn column) => Place(column) is { } place ? reader.GetInt64(place) : null;

    /// <exception cref="FormatException">It is no finite number, which JSON does not have.</exception>
    public double? Real(RecordColumn column) => Place(column) is not { } place ? null
        : reader.GetDouble(place) is var value && double.IsFinite(value) ? value : throw new FormatException($"{column.Name} is {value}");

    private int? Place(RecordColumn column) => places[column.Index] is >= 0 and var place && !reader.IsDBNull(place) ? place : null;
}
