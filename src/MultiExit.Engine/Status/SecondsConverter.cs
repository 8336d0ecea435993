using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiExit.Engine.Status;

/// <summary>A duration as a number of seconds, exact to the tick.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return TimeSpan.FromTicks((long)decimal.Round(reader.GetDecimal() * TimeSpan.TicksPerSecond));
        }
        catch (Exception exception) when (exception is OverflowException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new JsonException(null, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => 
        writer.WriteNumberValue(value.Ticks / (decimal)TimeSpan.TicksPerSecond);
}
