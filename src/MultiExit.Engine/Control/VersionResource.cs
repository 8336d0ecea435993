using System.Globalization;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>The versions of the configuration.</summary>
internal sealed class VersionResource(IServerControl server) : IControlResource
{
    public static IReadOnlyList<ControlRoute> Table { get; } =
    [
        ControlRoute.Get<IReadOnlyList<ConfigVersion>>("/versions", "The versions that are kept, oldest first."),
        ControlRoute.Get<ConfigVersion>("/versions/{number}", "A version."),
        ControlRoute.Get<IReadOnlyList<ConfigDifference>>("/versions/{number}/difference", "What a later version has otherwise.",
            new ControlParameter(With, "The number of the later version; without it the one in force.")),
        new("POST", "/versions/{number}/check", ControlAccess.Read, "Says what it would change to restore a version.")
            { Answer = typeof(IReadOnlyList<ConfigDifference>), IsForBrowsers = true },
        ControlRoute.Post<ConfigVersion>("/versions/{number}/restore", "Puts a version in force again, as a new one.") with { IsForBrowsers = true },
    ];

    private const string With = "with";

    public IReadOnlyList<ControlRoute> Routes => Table;

    public async Task<ControlAnswer> AnswerAsync(ControlRequest request)
    {
        IReadOnlyList<ConfigVersion> versions = await server.GetVersionsAsync().ConfigureAwait(false);
        if (request.Path is ["versions"]) return ControlAnswer.Ok(versions);
        if (Find(versions, request.Path[1]) is not { } version) return await NotFoundAsync(request.Path[1]).ConfigureAwait(false);
        switch (request.Path)
        {
            case [_, _]:
                return ControlAnswer.Ok(version);
            case [_, _, "difference"]:
                int? with = request.Query(With).Number(With);
                if (with is not null && !versions.Any(other => other.Number == with)) return await NotFoundAsync($"{with}").ConfigureAwait(false);
                return ControlAnswer.Ok(await server.CompareVersionsAsync(version.Number, with).ConfigureAwait(false));
            case [_, _, "check"]:
                return ControlAnswer.Ok(await server.CheckVersionAsync(version.Number).ConfigureAwait(false));
            default:
                return ControlAnswer.Ok(await server.RestoreVersionAsync(version.Number, request.Who, CancellationToken.None).ConfigureAwait(false));
        }
    }

    private static ConfigVersion? Find(IReadOnlyList<ConfigVersion> versions, string number) =>
        versions.FirstOrDefault(version => version.Number.ToString(CultureInfo.InvariantCulture) == number);

    private async Task<ControlAnswer> NotFoundAsync(string number)
    {
        ConfigStatus config = await server.GetConfigAsync().ConfigureAwait(false);
        return ControlAnswer.Fail(404, nameof(ProxyError.VersionNotFound),
            $"the server {config.Server} has no version {number}" + (config.History is null ? ": its configuration has no `history: { directory: ... }`" : ""));
    }
}
