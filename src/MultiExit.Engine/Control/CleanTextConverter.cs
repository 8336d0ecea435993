using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>Text without the control characters that a terminal would act on; those that end lines and tabs stay.</summary>
internal sealed class CleanTextConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Clean(reader.GetString()!) : throw new JsonException("no text");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    /// <inheritdoc/>
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Clean(reader.GetString()!);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    private static string Clean(string text) => text.Any(IsUnwanted) ? string.Create(text.Length, text, static (clean, text) =>
    {
        for (int i = 0; i < clean.Length; i++) clean[i] = IsUnwanted(text[i]) ? '?' : text[i];
    }) : text;

    private static bool IsUnwanted(char c) => char.IsControl(c) && c is not ('\t' or '\n' or '\r');
}
