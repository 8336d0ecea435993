using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The configuration of the fleet that the server is a node of.</summary>
internal sealed class RolloutResource(IServerControl server) : IControlResource
{
    private const string Canary = "canary";
    private const string Hold = "hold";
    private const string ConfirmWithin = "confirm_within";
    private const string Probe = "probe";
    private const string Message = "message";

    /// <summary>The parameter with the name of the text's file, which came later than the others.</summary>
    public const string File = "file";

    private const int MaxFile = 1000;

    // Only a name: paths in the text count from the folder of each node's own file.
    private static readonly ControlParameter OfDocument = new(File, "The file that the text is from, as errors name it.");

    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<RolloutStatus>("/rollout", "The newest version of the fleet's configuration, and what its nodes run."),
        new("PUT", "/rollout", ControlAccess.Write, "Publishes a version of the fleet's configuration.")
        {
            TakesDocument = true, MaxBody = DocumentText.MaxLength, Answer = typeof(RolloutStatus),
            Parameters =
            [
                new(Canary, "How many nodes get it before the others; without it all get it at once."),
                new(Hold, "How long canaries, and then all nodes, have to run it well, such as 30s."),
                new(ConfirmWithin, "Nodes go back unless it is confirmed within this time; without it, it stays once all nodes have run it well."),
                new(Probe, "A destination host:port that each node has to reach."), new(Message, "What the change is for."), OfDocument,
            ],
        },
        // A document may name files and variables of the server, which a reader does not have.
        ControlRoute.Post<IReadOnlyList<ConfigDifference>>("/rollout/check", "Says what a version of the fleet would change on this node.") with
            { TakesDocument = true, MaxBody = DocumentText.MaxLength, Parameters = [OfDocument] },
        ControlRoute.Post<RolloutStatus>("/rollout/confirm", "Keeps the version that waits for its confirmation, on all nodes."),
        ControlRoute.Post<RolloutStatus>("/rollout/undo", "Takes all nodes back to the version before."),
    ];

    public IReadOnlyList<ControlRoute> Routes => Table;

    /// <summary>The target that publishes a version.</summary>
    public static string TargetOf(string? file, RolloutRequest request) => ControlQuery.Target("rollout",
        (Canary, request.Canary > 0 ? request.Canary.ToString(System.Globalization.CultureInfo.InvariantCulture) : null),
        (Hold, DurationText.Format(request.Hold)), (ConfirmWithin, request.ConfirmWithin is { } time ? DurationText.Format(time) : null),
        (Probe, request.Probe?.ToString()), (Message, request.Message), (File, file));

    /// <summary>The target that checks a version.</summary>
    public static string TargetOf(string? file) => ControlQuery.Target("rollout/check", (File, file));

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request) => request.Path switch
    {
        ["rollout"] when request.IsRead => await server.GetRolloutAsync().ConfigureAwait(false) is { } rollout ? ControlAnswer.Ok(rollout)
            : throw new ProxyException(ProxyError.RolloutState, "no version of the fleet's configuration was published yet"),
        ["rollout"] => await PublishAsync(request, request.Query(Canary, Hold, ConfirmWithin, Probe, Message, File)).ConfigureAwait(false),
        ["rollout", "check"] => ControlAnswer.Ok(await server.CheckRolloutAsync(DocumentOf(request, request.Query(File))).ConfigureAwait(false)),
        ["rollout", "confirm"] => ControlAnswer.Ok(await server.ConfirmRolloutAsync(CancellationToken.None).ConfigureAwait(false)),
        _ => ControlAnswer.Ok(await server.UndoRolloutAsync(request.Who, CancellationToken.None).ConfigureAwait(false)),
    };

    private async Task<ControlAnswer> PublishAsync(ControlRequest request, ControlQuery query)
    {
        RolloutRequest how = new()
        {
            Canary = query.Number(Canary) ?? 0, Hold = query.Duration(Hold) ?? RolloutRequest.DefaultHold, ConfirmWithin = query.Duration(ConfirmWithin),
            Probe = query.Destination(Probe), Message = query.Text(Message), Who = request.Who,
        };
        return ControlAnswer.Ok(await server.PublishConfigAsync(DocumentOf(request, query), how, CancellationToken.None).ConfigureAwait(false));
    }

    private static ConfigDocument DocumentOf(ControlRequest request, ControlQuery query)
    {
        if (request.Body.IsEmpty) throw new FormatException("the body is empty; send the text of the fleet's configuration");
        string? file = query.Text(File);
        if (file is not null && (file.Length > MaxFile || file.Any(char.IsControl))) throw new FormatException($"the parameter {File} is no name of a file");
        string text = DocumentFile.Decode(request.Body.Span) ?? throw new FormatException("the body is not UTF-8 text");
        return new ConfigDocument(text, null) { Name = file ?? "body" };
    }
}
