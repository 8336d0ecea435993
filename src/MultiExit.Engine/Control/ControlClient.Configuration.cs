using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <content>The configuration and its versions. The server reads documents, with its own environment and files: only the server knows what
/// they mean.</content>
public sealed partial class ControlClient
{
    /// <inheritdoc/>
    public Task<ConfigStatus> GetConfigAsync(CancellationToken cancellationToken = default) => GetAsync<ConfigStatus>("config/status", cancellationToken);

    /// <inheritdoc/>
    public Task<JsonElement> GetConfigJsonAsync(CancellationToken cancellationToken = default) => GetAsync<JsonElement>("config", cancellationToken);

    /// <inheritdoc/>
    public Task<ServerStatus> ReloadFileAsync(CancellationToken cancellationToken = default) =>
        PostAsync<ServerStatus>("reload", null, ProbeTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConfigDifference>> CheckConfigAsync(ConfigDocument? document, CancellationToken cancellationToken = default) =>
        AskAsync<IReadOnlyList<ConfigDifference>>(HttpMethod.Post, ConfigResource.TargetOf(document), ContentOf(document), AnswerTimeout, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>When the wait is canceled, the change goes on: it is kept, or rolled back when its probe fails or it is not confirmed. The user
    /// that asks is the user of this process, whatever <see cref="ConfigRequest.Who"/> says.</remarks>
    public Task<ConfigStatus> SetConfigAsync(ConfigDocument? document, ConfigRequest? request = null, CancellationToken cancellationToken = default) =>
        AskAsync<ConfigStatus>(HttpMethod.Put, ConfigResource.TargetOf(document, request ?? new ConfigRequest()), ContentOf(document),
            ProbeTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConfigDifference>> CheckEditsAsync(IReadOnlyList<ConfigEdit> edits, CancellationToken cancellationToken = default) =>
        AskAsync<IReadOnlyList<ConfigDifference>>(HttpMethod.Patch, "config",
            JsonContent.Create(EditBody.Of(edits, new ConfigRequest(), check: true), options: ControlJson.Options),
            AnswerTimeout, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>As for <see cref="SetConfigAsync"/>.</remarks>
    public Task<ConfigStatus> EditConfigAsync(IReadOnlyList<ConfigEdit> edits, ConfigRequest? request = null, CancellationToken cancellationToken = default) =>
        AskAsync<ConfigStatus>(HttpMethod.Patch, "config", JsonContent.Create(EditBody.Of(edits, request ?? new ConfigRequest()), options: ControlJson.Options),
            ProbeTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task<ReplayReport> ReplayConfigAsync(ConfigDocument? document, ReplayQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return AskAsync<ReplayReport>(HttpMethod.Post, ConfigResource.TargetOf(document, query), ContentOf(document), ReplayTimeout, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ReplayReport> ReplayEditsAsync(IReadOnlyList<ConfigEdit> edits, ReplayQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return AskAsync<ReplayReport>(HttpMethod.Patch, ConfigResource.TargetOf(query),
            JsonContent.Create(EditBody.Of(edits, new ConfigRequest(), check: true), options: ControlJson.Options), ReplayTimeout, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ConfigStatus> ConfirmConfigAsync(CancellationToken cancellationToken = default) =>
        PostAsync<ConfigStatus>("config/confirm", null, AnswerTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConfigVersion>> GetVersionsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<ConfigVersion>>("versions", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConfigDifference>> CompareVersionsAsync(int number, int? with = null, CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<ConfigDifference>>(ControlQuery.Target($"versions/{number}/difference", ("with", with?.ToString(CultureInfo.InvariantCulture))),
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ConfigDifference>> CheckVersionAsync(int number, CancellationToken cancellationToken = default) =>
        PostAsync<IReadOnlyList<ConfigDifference>>($"versions/{number}/check", null, AnswerTimeout, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>As for <see cref="SetExitWeightAsync"/>.</remarks>
    public Task<ConfigVersion> RestoreVersionAsync(int number, string? who = null, CancellationToken cancellationToken = default) =>
        PostAsync<ConfigVersion>($"versions/{number}/restore", null, ProbeTimeout, cancellationToken);

    /// <inheritdoc/>
    public Task<RouteExplanation> ExplainRouteAsync(RouteQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return AskAsync<RouteExplanation>(HttpMethod.Get, RouteResource.TargetOf(query), null, ProbeTimeout, cancellationToken);
    }

    private static ByteArrayContent? ContentOf(ConfigDocument? document)
    {
        if (document is null) return null;
        ByteArrayContent content = new(Encoding.UTF8.GetBytes(document.Text));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/yaml");
        return content;
    }
}
