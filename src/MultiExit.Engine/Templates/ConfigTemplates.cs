using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Templates;

/// <summary>Configurations to begin with: commented documents, with new keys and passwords in them.</summary>
public static class ConfigTemplates
{
    private const int HttpsPort = 443;

    private static readonly TemplateQuestion
        Server = new(nameof(TemplateRequest.Server), "The server, as clients reach it (host or host:port)", IsList: false),
        PublicName = new(nameof(TemplateRequest.PublicName), "The host name that everybody on the way may see", IsList: false),
        Address = new("Address", "The addresses or networks that connections leave from, with commas between them", IsList: true),
        From = new(nameof(TemplateRequest.From), "The networks or interfaces that clients come from, with commas between them", IsList: true);

    private static readonly Dictionary<string, (Action<TemplateWriter> Write, TemplateQuestion[] Needs)> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["egress-pool"] = (EgressPoolTemplate.Write, [Address]),
        ["tunnel-pair"] = (TunnelPairTemplate.Write, [Server]),
        ["ech"] = (EchTemplate.Write, [Server, PublicName]),
        ["gateway"] = (GatewayTemplate.Write, [From]),
    };

    /// <summary>The names of the templates.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Keys];

    /// <summary>What the template has to know and the request does not say.</summary>
    /// <exception cref="ProxyException">There is no such template.</exception>
    public static IReadOnlyList<TemplateQuestion> Missing(TemplateRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return [.. Find(request).Needs.Where(question => question.Parameter switch
        {
            nameof(TemplateRequest.Server) => string.IsNullOrWhiteSpace(request.Server),
            nameof(TemplateRequest.PublicName) => string.IsNullOrWhiteSpace(request.PublicName),
            nameof(TemplateRequest.From) => request.From.Count == 0,
            _ => request.Addresses.Count == 0,
        })];
    }

    /// <summary>Makes the files.</summary>
    /// <returns>The documents and, where they have any, the files beside them; the names do not repeat.</returns>
    /// <exception cref="ProxyException">There is no such template, or something is missing or malformed.</exception>
    public static IReadOnlyList<TemplateFile> Make(TemplateRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Missing(request) is [var missing, ..])
            throw new ProxyException(ProxyError.InvalidConfiguration, $"the template {request.Template} needs -{missing.Parameter}: {missing.Question}");
        if (request.Listen is { } listen && ListenText.Parse(listen, out IPEndPoint? _) is { } problem)
            throw new ProxyException(ProxyError.InvalidConfiguration, $"-Listen \"{listen}\" {problem}");
        TemplateWriter writer = new(request);
        Find(request).Write(writer);
        foreach (TemplateFile file in writer.Files.Where(file => file.IsDocument)) Check(file);
        return writer.Files;
    }

    // A value may be one that a configuration does not take, such as an address that is none. The files beside it are still to be written.
    private static void Check(TemplateFile file)
    {
        IReadOnlyList<ConfigError> faults = ConfigLoader.Parse(new ConfigDocument(file.Text, null), file.Name, isTextOnly: true).Errors;
        if (faults.Count > 0)
            throw new ProxyException(ProxyError.InvalidConfiguration, $"{file.Name} would not be valid: {faults[0]}") { ConfigErrors = faults };
    }

    /// <summary>The server of a pair.</summary>
    internal static Destination ServerOf(TemplateRequest request) =>
        Destination.TryParse(request.Server!, HttpsPort, out Destination? server) && server.Port != 0 ? server
            : throw new ProxyException(ProxyError.InvalidConfiguration, $"'{request.Server}' is no server; expected host or host:port");

    private static (Action<TemplateWriter> Write, TemplateQuestion[] Needs) Find(TemplateRequest request) =>
        Table.TryGetValue(request.Template, out (Action<TemplateWriter> Write, TemplateQuestion[] Needs) found) ? found
            : throw new ProxyException(ProxyError.InvalidConfiguration, $"there is no template '{request.Template}'; expected {string.Join(", ", Names)}");
}
