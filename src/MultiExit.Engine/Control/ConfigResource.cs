using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The configuration in force, and the requests that replace it.</summary>
internal sealed class ConfigResource(IServerControl server) : IControlResource
{
    private static readonly ControlParameter[] OfDocument =
        [new(OwnFile, "true: no body, the server reads its own file."), new(File, "The absolute path that the text is from.")];

    private static readonly ControlParameter[] OfReplay = [new(Against, "records or live."), new(Since, "A time, of recorded ones.")];

    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<JsonElement>("/config", "The configuration in force with every default, secrets masked."),
        new("PUT", "/config", ControlAccess.Write, "Puts a configuration in force.")
        {
            TakesDocument = true, MaxBody = DocumentText.MaxLength, Answer = typeof(ConfigStatus),
            Parameters = [.. OfDocument, new(ConfirmWithin, "Rolled back unless confirmed within this time, such as 60s."),
                new(Probe, "A destination host:port that has to be reached."), new(Sha256, "With own_file: the SHA-256 that the file has to have."),
                new(Message, "What the change is for."),
                new(LocalOnly, "true: a node of a fleet is changed alone, and follows its fleet no longer.")],
        },
        new("PATCH", "/config", ControlAccess.Write, "Changes parts of the configuration in force, or with `check` says what would change.")
            { Body = typeof(EditBody), MaxBody = DocumentText.MaxLength, Answer = typeof(JsonElement) },
        ControlRoute.Get<ConfigStatus>("/config/status", "What is known of the configuration in force."),
        // A document may name files and variables of the server, which a reader does not have.
        ControlRoute.Post<IReadOnlyList<ConfigDifference>>("/config/check", "Says what a configuration would change.") with
            { TakesDocument = true, MaxBody = DocumentText.MaxLength, Parameters = OfDocument },
        ControlRoute.Post<ReplayReport>("/config/replay", "Says what a configuration would do with the sessions of this server.") with
            { TakesDocument = true, MaxBody = DocumentText.MaxLength, Parameters = [.. OfDocument, .. OfReplay] },
        new("PATCH", "/config/replay", ControlAccess.Write, "Says what edits would do with the sessions of this server.")
            { Body = typeof(EditBody), MaxBody = DocumentText.MaxLength, Answer = typeof(ReplayReport), Parameters = OfReplay },
        ControlRoute.Post<ConfigStatus>("/config/confirm", "Keeps the version that waits for its confirmation.") with { IsForBrowsers = true },
        ControlRoute.Post<ServerStatus>("/reload", "Reads the server's own file again."),
    ];

    private const string OwnFile = "own_file";
    private const string File = "file";
    private const string ConfirmWithin = "confirm_within";
    private const string Probe = "probe";
    private const string Sha256 = "sha256";
    private const string Message = "message";
    private const string LocalOnly = "local";
    private const string Against = "against";
    private const string Since = "since";

    // What the metadata of a version may hold.
    private const int MaxFile = 1000;

    /// <summary>The target that puts a document in force.</summary>
    public static string TargetOf(ConfigDocument? document, ConfigRequest request) => ControlQuery.Target("config",
        (OwnFile, document is null ? "true" : null), (File, document?.File),
        (ConfirmWithin, request.ConfirmWithin is { } time ? DurationText.Format(time) : null), (Probe, request.Probe?.ToString()),
        (Sha256, document is null ? request.FileSha256 : null), (Message, request.Message),
        (LocalOnly, request.Local ? "true" : null));

    /// <summary>The target that checks a document.</summary>
    public static string TargetOf(ConfigDocument? document) =>
        ControlQuery.Target("config/check", (OwnFile, document is null ? "true" : null), (File, document?.File));

    /// <summary>The target that replays sessions against a document.</summary>
    public static string TargetOf(ConfigDocument? document, ReplayQuery query) => ControlQuery.Target("config/replay",
        (OwnFile, document is null ? "true" : null), (File, document?.File),
        (Against, query.Against == ReplaySource.Live ? "live" : null), (Since, ControlQuery.Text(query.Since)));

    /// <summary>The target that replays sessions against edits.</summary>
    public static string TargetOf(ReplayQuery query) => ControlQuery.Target("config/replay",
        (Against, query.Against == ReplaySource.Live ? "live" : null), (Since, ControlQuery.Text(query.Since)));

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request) => request.Path switch
    {
        ["config"] when request.IsRead => ControlAnswer.Ok(await server.GetConfigJsonAsync().ConfigureAwait(false)),
        ["config"] when request.Method == "PATCH" => await EditAsync(request).ConfigureAwait(false),
        ["config"] => await SetAsync(request).ConfigureAwait(false),
        ["config", "status"] => ControlAnswer.Ok(await server.GetConfigAsync().ConfigureAwait(false)),
        ["config", "replay"] => await ReplayAsync(request).ConfigureAwait(false),
        ["config", "check"] => await CheckAsync(request).ConfigureAwait(false),
        ["config", "confirm"] => ControlAnswer.Ok(await server.ConfirmConfigAsync(CancellationToken.None).ConfigureAwait(false)),
        _ => ControlAnswer.Ok(await server.ReloadFileAsync(CancellationToken.None).ConfigureAwait(false)),
    };

    private async Task<ControlAnswer> CheckAsync(ControlRequest request)
    {
        ConfigDocument? document = await DocumentAsync(request, request.Query(OwnFile, File)).ConfigureAwait(false);
        return ControlAnswer.Ok(await server.CheckConfigAsync(document).ConfigureAwait(false));
    }

    private async Task<ControlAnswer> ReplayAsync(ControlRequest request)
    {
        if (request.Method == "PATCH")
        {
            ReplayQuery asked = Read(request.Query(Against, Since));
            return ControlAnswer.Ok(await server.ReplayEditsAsync(request.Parse<EditBody>(EditBody.Form).Edits, asked, request.Closing).ConfigureAwait(false));
        }
        ControlQuery query = request.Query(OwnFile, File, Against, Since);
        ReplayQuery replay = Read(query);
        ConfigDocument? document = await DocumentAsync(request, query).ConfigureAwait(false);
        return ControlAnswer.Ok(await server.ReplayConfigAsync(document, replay, request.Closing).ConfigureAwait(false));

        static ReplayQuery Read(ControlQuery query) =>
            new(query.Choice(Against, "records", "live") ? ReplaySource.Live : ReplaySource.Records, query.Time(Since));
    }

    // Not canceled with the request: the client may be gone by the time the change is probed, and the change is kept or rolled back all the same.
    private async Task<ControlAnswer> SetAsync(ControlRequest request)
    {
        ControlQuery query = request.Query(OwnFile, File, ConfirmWithin, Probe, Sha256, Message, LocalOnly);
        ConfigDocument? document = await DocumentAsync(request, query).ConfigureAwait(false);
        string? sha256 = query.Text(Sha256);
        if (sha256 is not null && document is not null) throw new FormatException($"{Sha256} is that of the server's own file; it goes with {OwnFile} alone");
        ConfigRequest how = new()
        {
            Who = request.Who, ConfirmWithin = query.Duration(ConfirmWithin), Probe = query.Destination(Probe), FileSha256 = sha256,
            Message = query.Text(Message), Local = query.Choice(LocalOnly, "false", "true"),
        };
        return ControlAnswer.Ok(await server.SetConfigAsync(document, how, CancellationToken.None).ConfigureAwait(false));
    }

    private async Task<ControlAnswer> EditAsync(ControlRequest request)
    {
        EditBody body = request.Parse<EditBody>(EditBody.Form);
        if (body.Probe is { Port: <= 0 }) throw ControlRequest.Invalid(EditBody.Form);
        if (body.Check) return ControlAnswer.Ok(await server.CheckEditsAsync(body.Edits).ConfigureAwait(false));
        ConfigRequest how = new() { Who = request.Who, ConfirmWithin = body.ConfirmWithin, Probe = body.Probe, Message = body.Message, Local = body.Local };
        return ControlAnswer.Ok(await server.EditConfigAsync(body.Edits, how, CancellationToken.None).ConfigureAwait(false));
    }

    // Null for the server's own file. An empty body is more likely a mistake than a wish for that file.
    private async Task<ConfigDocument?> DocumentAsync(ControlRequest request, ControlQuery query)
    {
        bool ownFile = query.Choice(OwnFile, "false", "true");
        string? file = query.Text(File);
        if (ownFile)
            return request.Body.IsEmpty && file is null ? null
                : throw new FormatException($"with {OwnFile} there is neither a body nor {File}: the server reads its own");
        if (request.Body.IsEmpty)
            throw new FormatException($"the body is empty; send the text of a configuration, or {OwnFile}=true to have the server read its own file again");
        if (file is not null && (!Path.IsPathFullyQualified(file) || file.Length > MaxFile || file.Any(char.IsControl)))
            throw new FormatException($"the parameter {File} is no absolute path of a file");
        string text = DocumentFile.Decode(request.Body.Span) ?? throw new FormatException("the body is not UTF-8 text");
        return new ConfigDocument(text, file ?? (await server.GetStatusAsync().ConfigureAwait(false)).ConfigFile) { Name = file ?? "body" };
    }
}
