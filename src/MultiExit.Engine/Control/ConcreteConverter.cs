using System.Text.Json;
using System.Text.Json.Serialization;

namespace MultiExit.Engine.Control;

/// <summary>Writes what an object really is, and not only what its base has.</summary>
internal sealed class ConcreteConverter<T> : JsonConverter<T>
    where T : class
{
    // Of the base itself, so that the concrete types are written in the usual way.
    public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(T);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
}
