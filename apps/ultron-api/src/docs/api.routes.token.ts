/** The injection token of a function that gives the routes this process serves. */
export const API_ROUTES = Symbol('api routes');
