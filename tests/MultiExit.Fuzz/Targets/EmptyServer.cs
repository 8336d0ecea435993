using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;

namespace MultiExit.Fuzz.Targets;

/// <summary>An <see cref="IServerControl"/> that does nothing: it has an exit wan1 and a version 1, and edits a document that is never
/// read.</summary>
[SuppressMessage("Design", "MA0053:Make class or record sealed", Justification = "A proxy derives from it.")]
internal class EmptyServer : DispatchProxy
{
    private const string Document =
        "inbounds: [{ name: proxy, type: mixed, listen: \"127.0.0.1:1080\" }]\nexits:\n  - name: wan1\n    type: direct\n";

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (args!.OfType<IReadOnlyList<ConfigEdit>>().FirstOrDefault() is { } edits) Edit(edits);
        Type result = targetMethod!.ReturnType;
        if (result == typeof(Task)) return Task.CompletedTask;
        Type type = result.GetGenericArguments()[0];
        return typeof(Task).GetMethod(nameof(Task.FromResult))!.MakeGenericMethod(type).Invoke(null, [SampleValue.Of(type)]);
    }

    private static void Edit(IReadOnlyList<ConfigEdit> edits)
    {
        ErrorList errors = new(null);
        if (ConfigEditor.Apply(Document, edits, errors) is null) throw new ProxyException(ProxyError.InvalidConfiguration,
            "the edits cannot be made");
    }
}
