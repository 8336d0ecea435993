using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>Numbers that can be written again: one beyond the range, such as 1e999, would be read as infinity, which JSON does not have.</summary>
internal sealed class FiniteConverter : JsonConverter<double>
{
    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double number) && double.IsFinite(number) ? number
            : throw new JsonException("no number");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
