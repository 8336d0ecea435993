using System.Net;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Engine.Control;

/// <summary>A request to the control endpoint.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The path and the query, as they came.</param>
/// <param name="KeepAlive">Whether the client wants to send more requests.</param>
/// <param name="Who">The user that asks; null when the system does not report it.</param>
internal sealed record ControlRequest(string Method, string Target, bool KeepAlive, string? Who)
{
    /// <summary>The parts of the path.</summary>
    public string[] Path { get; } = [.. Target.Split('?')[0].Split('/')[1..].Select(Uri.UnescapeDataString)];

    /// <summary>The body; empty for none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The head as it came; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>Where the client is, and where it came in; null for the control socket.</summary>
    public IPEndPoint? Client { get; init; }

    /// <inheritdoc cref="Client"/>
    public IPEndPoint? Local { get; init; }

    /// <summary>What it came over, in the log.</summary>
    public string Over { get; init; } = "control socket";

    public string? Accept => Field("Accept"u8);

    public string? LastEventId => Field("Last-Event-ID"u8);

    /// <summary>Canceled when the endpoint that took the request closes; the endpoint then waits a moment for the answer.</summary>
    public CancellationToken Closing { get; init; }

    /// <summary>Whether whoever asks is a reader, who changes nothing.</summary>
    public bool IsOfReader { get; init; }

    public bool IsHead => Method == "HEAD";

    /// <summary>Whether it only reads.</summary>
    public bool IsRead => IsHead || Method == "GET";

    /// <summary>The value of a field; null where there is none. One that is there more than once means the same as one with all the values
    /// (RFC 9110 section 5.3).</summary>
    public string? Field(ReadOnlySpan<byte> name)
    {
        if (Head.IsEmpty) return null;
        string? value = null;
        HttpFieldReader reader = new(Head.Span);
        while (reader.Read())
            if (reader.Is(name)) value = (value is null ? "" : value + ",") + Encoding.Latin1.GetString(reader.Value);
        return value;
    }

    /// <summary>The parameters after the question mark.</summary>
    /// <param name="names">The parameters that are known.</param>
    /// <exception cref="FormatException">There is an unknown parameter, or one twice.</exception>
    public ControlQuery Query(params string[] names) => new(Target, names);

    /// <summary>The body as an object. An empty body means the same as {}.</summary>
    /// <param name="form">The form that is expected, for the error.</param>
    /// <exception cref="FormatException">The text is not a valid body.</exception>
    public T Parse<T>(string form)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body.IsEmpty ? "{}"u8 : Body.Span, ControlJson.Options) ?? throw new JsonException();
        }
        catch (JsonException exception)
        {
            throw Invalid(form, exception);
        }
    }

    /// <summary>The error for a body of another form than is expected here.</summary>
    public static FormatException Invalid(string form, Exception? inner = null) => new($"the body is not what is expected here: {form}", inner);

    // The body may hold secrets.
    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Target}";
}
