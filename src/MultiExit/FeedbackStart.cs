using System.Management.Automation;
using System.Reflection;

namespace MultiExit;

/// <summary>Registers the feedback provider with the import. A PowerShell without them has none.</summary>
public sealed class FeedbackStart : IModuleAssemblyInitializer
{
    private const string Provider = "MultiExit.Feedback.ErrorFeedback";

    /// <inheritdoc/>
    public void OnImport() => Call("Register", (Func<ErrorRecord, IReadOnlyList<string>?>)ErrorHints.Of);

    internal static void Remove() => Call("Unregister");

    private static void Call(string method, params object[] arguments)
    {
        try
        {
            string path = Path.Combine(Path.GetDirectoryName(typeof(FeedbackStart).Assembly.Location)!, "MultiExit.Feedback.dll");
            Assembly.LoadFrom(path).GetType(Provider)?.GetMethod(method)?.Invoke(null, arguments);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or TypeLoadException or TargetInvocationException)
        {
            // Without it each error has its RecommendedAction all the same.
        }
    }
}
