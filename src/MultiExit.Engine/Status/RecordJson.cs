using System.Buffers;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace MultiExit.Engine.Status;

/// <summary>A record, or an event, as one line of JSON, with the names and forms that the control API has.</summary>
internal static class RecordJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = Encoder(),
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
            new TextConverter<IPAddress>(IPAddress.Parse),
            new TextConverter<IPEndPoint>(IPEndPoint.Parse),
        },
    };

    /// <summary>The line, without its end.</summary>
    public static string Of<T>(T record) => JsonSerializer.Serialize(record, Options);

    /// <summary>A writer of such lines, for many of them.</summary>
    public static Utf8JsonWriter CreateWriter(IBufferWriter<byte> line) =>
        new(line, new JsonWriterOptions { Encoder = Options.Encoder, SkipValidation = true });

    // What cannot be seen, or changes the direction of text, is escaped: the line is read on terminals.
    private static JavaScriptEncoder Encoder()
    {
        TextEncoderSettings settings = new(UnicodeRanges.All);
        settings.ForbidRange(UnicodeRange.Create('\u200b', '\u200f'));
        settings.ForbidRange(UnicodeRange.Create('\u2028', '\u202e'));
        settings.ForbidRange(UnicodeRange.Create('\u2060', '\u206f'));
        settings.ForbidCharacters('\ufeff');
        return JavaScriptEncoder.Create(settings);
    }
}
