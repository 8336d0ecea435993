using System.Buffers.Binary;
using System.Text;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Records;

public sealed class EncodedRecordTests
{
    [Fact]
    public void A_record_has_a_value_for_each_column_in_their_order()
    {
        DateTimeOffset ended = DateTimeOffset.UnixEpoch.AddSeconds(10);
        SessionRecord session = RecordFolder.Record(17, ended) with { User = "bücher", Rule = 3, DialMs = 0.25 };
        EncodedRecord record = new(new RecordEncoder().Encode(session));
        Assert.Equal(RecordColumns.ToTicks(ended), record.Ended);
        Assert.Equal(RecordColumns.ToTicks(session.Started), record.Started);
        Dictionary<string, object?> found = [];
        ReadOnlySpan<byte> values = record.Values;
        foreach (RecordColumn column in RecordColumns.All)
        {
            found[column.Name] = EncodedRecord.Next(ref values, out ReadOnlySpan<byte> value) switch
            {
                CellKind.Integer => BinaryPrimitives.ReadInt64LittleEndian(value),
                CellKind.Real => BinaryPrimitives.ReadDoubleLittleEndian(value),
                CellKind.Text => Encoding.UTF8.GetString(value),
                _ => null,
            };
        }
        Assert.True(values.IsEmpty);
        Assert.Equal(17L, found["id"]);
        Assert.Equal(3L, found["rule"]);
        Assert.Equal(0.25, found["dial_ms"]);
        Assert.Equal("bücher", found["user"]);
        Assert.Equal("198.51.100.10:41822", found["source"]);
        Assert.Equal(SessionOutcome.Ok.Word(), found["outcome"]);
        Assert.Null(found["group"]);
    }

    [Fact]
    public void A_record_that_is_longer_than_the_one_before_has_all_of_its_bytes()
    {
        RecordEncoder encoder = new();
        encoder.Encode(RecordFolder.Record(1, DateTimeOffset.UnixEpoch));
        string detail = new('x', 10_000);
        ReadOnlySpan<byte> bytes = encoder.Encode(RecordFolder.Record(2, DateTimeOffset.UnixEpoch) with { Detail = detail });
        Assert.Equal(bytes.Length, new EncodedRecord(bytes).Length);
        Assert.Contains(detail, Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }
}
