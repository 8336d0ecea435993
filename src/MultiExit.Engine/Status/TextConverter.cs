using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiExit.Engine.Status;

/// <summary>A value as its text.</summary>
internal sealed class TextConverter<T>(Func<string, T>? parse, Func<T, string>? format = null) : JsonConverter<T>
    where T : notnull
{
    /// <summary>For values that are only written.</summary>
    public TextConverter(Func<T, string>? format = null)
        : this(null, format)
    {
    }

    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (parse is null) throw new NotSupportedException();
        try
        {
            return parse(reader.GetString()!);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new JsonException(null, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(format is null ? value.ToString() : format(value));
}
