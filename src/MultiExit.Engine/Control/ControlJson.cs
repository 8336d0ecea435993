using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The JSON of the control endpoint: names in snake_case as in configurations, addresses and end points as text, durations in
/// seconds, times in ISO 8601, secrets as <c>***</c>.</summary>
internal static class ControlJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read on terminals and by scripts, never put into a page as markup
        WriteIndented = true,
        AllowDuplicateProperties = false, // it cannot be known which of them is meant
        Converters =
        {
            new TextConverter<DayOfWeek>(day => day.ToString()[..3].ToLowerInvariant()),
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
            new TextConverter<IPAddress>(IPAddress.Parse),
            new TextConverter<IPEndPoint>(IPEndPoint.Parse),
            new TextConverter<Destination>(text => Destination.TryParse(text, -1, out Destination? destination)
                ? destination : throw new FormatException(text)),
            new SecondsConverter(),
            // For configurations, which are only written and never read.
            new TextConverter<Secret>(),
            new TextConverter<IPNetwork>(),
            new TextConverter<PortRange>(),
            new TextConverter<RouteHours>(),
            new TextConverter<HealthTarget>(),
            new TextConverter<EchConfigList>(list => string.Join(", ", list.Configs.Select(config => config.PublicName))),
            new ConcreteConverter<InboundConfig>(),
            new ConcreteConverter<ExitConfig>(),
        },
    };
}
