using System.Net;
using System.Reflection;
using System.Text.Json;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Fuzz.Targets;

/// <summary>Some value of any type that a server reports.</summary>
internal static class SampleValue
{
    private const int MaxDepth = 4;

    public static object? Of(Type type, int depth = 0) => type switch
    {
        _ when type == typeof(string) => "wan1",
        _ when type == typeof(int) => 1,
        _ when type == typeof(JsonElement) => JsonSerializer.SerializeToElement("config"),
        _ when type == typeof(IPAddress) => IPAddress.Loopback,
        _ when type == typeof(IPEndPoint) => new IPEndPoint(IPAddress.Loopback, 1),
        _ when type == typeof(Destination) => Destination.FromAddress(IPAddress.Loopback, 1),
        _ when Nullable.GetUnderlyingType(type) is not null => null,
        _ when type.IsValueType => Activator.CreateInstance(type),
        _ when type.IsGenericType && type.GetGenericArguments() is [var item] => ListOf(item),
        _ when type.IsGenericType => Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GetGenericArguments())),
        _ when type.IsAbstract || depth > MaxDepth => null,
        _ => Make(type, depth + 1),
    };

    // An exit wan1 and a version 1, so that requests for them get further; of anything else there is none.
    private static Array ListOf(Type item)
    {
        bool known = item == typeof(ExitStatus) || item == typeof(ConfigVersion);
        Array list = Array.CreateInstance(item, known ? 1 : 0);
        if (known) list.SetValue(Of(item), 0);
        return list;
    }

    private static object Make(Type type, int depth)
    {
        ConstructorInfo constructor = type.GetConstructors().OrderByDescending(each => each.GetParameters().Length).First();
        object value = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Of(parameter.ParameterType, depth))]);
        foreach (PropertyInfo property in type.GetProperties().Where(property => property.SetMethod?.IsPublic == true
            && property.GetValue(value) is null))
            property.SetValue(value, Of(property.PropertyType, depth));
        return value;
    }
}
